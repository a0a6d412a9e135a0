// The exchange of files: a system gets a log-in, leaves files that an intake takes, and takes what is exported; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { leaveFile } from "./ftp";
import { Api } from "./server";

let api: Api;
let password = "";
const LOGIN = "andina-archivos";

beforeAll(async () => {
    const { login, password: own } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, own);
    await api.send("POST", "/v1/keys", { code: "archivos", name: "Sistema de archivos", permissions: ["use_file_exchange"] });
    await api.send("POST", "/v1/import-templates", { code: "ordenes", name: "Órdenes", makes: "tasks", columns: [{ heading: "NUMERO", field: "task_number" }, { heading: "DETALLE", field: "description" }] });
});

afterAll(closeBrowser);

test("a log-in without TLS wants its networks named, and its password is shown once", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio/accesos");
    await page.getByText("Ningún sistema intercambia archivos todavía").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("button", { name: /Clave$/ }).click();
    await page.getByRole("option", { name: /Sistema de archivos/ }).click();
    expect(await page.getByRole("textbox", { name: "Usuario" }).inputValue()).toBe(LOGIN);
    await page.getByRole("checkbox", { name: /^FTP sin cifrar/ }).press(" ");
    await page.getByRole("button", { name: "Crear el acceso" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("textbox", { name: /^Redes/ }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: /^Redes/ }).fill("127.0.0.0/8");
    await page.getByRole("button", { name: "Crear el acceso" }).click();
    password = (await page.getByLabel("Contraseña", { exact: true }).textContent()) ?? "";
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByRole("row", { name: LOGIN }).getByText("FTP sin cifrar").waitFor();
    await page.getByText("Entra sin cifrar").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a file that nobody expects waits for an intake, which a person makes, and is imported then", async () => {
    await leaveFile(inject("ftpPort"), LOGIN, password, "in/ordenes_1.csv", "NUMERO;DETALLE\n81001;Cambiar el filtro\n");
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio");
    await page.getByRole("row", { name: "ordenes_1.csv" }).getByText("Sin entrada").waitFor();
    await page.getByRole("link", { name: "Entradas" }).click();
    await page.getByRole("button", { name: "Nueva entrada" }).first().click();
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Órdenes del día");
    await page.getByRole("button", { name: /Planilla$/ }).click();
    await page.getByRole("option", { name: /Órdenes/ }).click();
    await page.getByRole("textbox", { name: "Nombres de archivo" }).fill("ordenes_{n}.csv");
    await page.getByRole("button", { name: "Crear la entrada" }).click();
    await page.getByText("ya recibe archivos").waitFor();
    await page.getByRole("link", { name: "Recibidos" }).click();
    await page.getByRole("row", { name: "ordenes_1.csv" }).click();
    await page.getByRole("button", { name: "Importar ahora" }).click();
    await page.getByRole("row", { name: "ordenes_1.csv" }).getByText("Importado").waitFor();
    expect(await api.send("GET", "/v1/tasks/number:81001")).toMatchObject({ description: "Cambiar el filtro" });
    expect(faults).toEqual([]);
    await close();
});

test("a file that nobody expects is put aside only when a person says so twice", async () => {
    await leaveFile(inject("ftpPort"), LOGIN, password, "in/notas.txt", "Saludos");
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio/recibidos?estado=unmatched");
    await page.getByRole("row", { name: "notas.txt" }).click();
    await page.getByRole("button", { name: "No importarlo" }).click();
    await page.getByRole("alertdialog", { name: "¿No importar «notas.txt»?" }).getByRole("button", { name: "No importarlo" }).click();
    await page.getByText("«notas.txt» no se importa").waitFor();
    await expect.poll(() => page.getByRole("row", { name: "notas.txt" }).count()).toBe(0);
    await page.goto(`${inject("url")}/integraciones/intercambio/recibidos?estado=dismissed`);
    await page.getByRole("row", { name: "notas.txt" }).click();
    await page.getByRole("button", { name: "Importar ahora" }).click();
    await page.getByText("Ninguna entrada admite este archivo").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a file that waits for a person is opened from its notice, looked at and imported, and the next one goes on", async () => {
    const use = async (state: string) => {
        const { version } = await api.send<{ version: number }>("GET", "/v1/import-templates/code:ordenes");
        await api.send("PATCH", "/v1/import-templates/code:ordenes", { state }, { "If-Match": String(version), "Content-Type": "application/merge-patch+json" });
    };
    await use("disabled");
    await leaveFile(inject("ftpPort"), LOGIN, password, "in/ordenes_2.csv", "NUMERO;DETALLE\n81002;Cambiar la correa\n");
    await leaveFile(inject("ftpPort"), LOGIN, password, "in/ordenes_3.csv", "NUMERO;DETALLE\n81003;Cambiar el aceite\n");
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio/recibidos");
    await page.getByRole("row", { name: "ordenes_2.csv" }).getByText("Espera por usted").waitFor();
    await use("enabled");
    await page.goto(`${inject("url")}/bandeja`);
    await page.getByRole("link", { name: "Ver el archivo y decidir" }).click();
    await page.getByRole("button", { name: "Abrir y decidir" }).click();
    await page.getByRole("region", { name: "Columnas" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Vista previa" }).click();
    await page.getByRole("button", { name: "Importar 1 fila" }).click();
    await page.getByRole("link", { name: "Ver cada fila" }).waitFor();
    await page.getByRole("link", { name: "Archivos recibidos" }).click();
    for (const name of ["ordenes_2.csv", "ordenes_3.csv"]) await page.getByRole("row", { name }).getByText("Importado").waitFor();
    expect(await api.send("GET", "/v1/tasks/number:81002")).toMatchObject({ description: "Cambiar la correa" });
    expect(faults).toEqual([]);
    await close();
});

test("an export is made with columns and a schedule, run, downloaded and put there again", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio/exportaciones");
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Cierre diario");
    await page.getByRole("button", { name: /Formato$/ }).click();
    await page.getByRole("option", { name: /CSV/ }).click();
    await page.getByRole("checkbox", { name: /^Todas las conocidas/ }).press(" ");
    const columns = page.getByRole("list", { name: "Columnas" });
    const first = await columns.getByRole("textbox", { name: "Título en su archivo" }).first().inputValue();
    await columns.getByRole("button", { name: `Bajar ${first}`, exact: true }).click();
    expect(await columns.getByRole("textbox", { name: "Título en su archivo" }).nth(1).inputValue()).toBe(first);
    await page.getByRole("button", { name: /Cuándo se hace$/ }).click();
    await page.getByRole("option", { name: "Algunos días de la semana" }).click();
    await page.getByRole("button", { name: /En la carpeta de$/ }).click();
    await page.getByRole("option", { name: "Sistema de archivos" }).click();
    await page.getByRole("button", { name: "Crear la exportación" }).click();
    await page.getByText("Exportación «Cierre diario» creada").waitFor();
    expect(await api.send("GET", "/v1/exports/code:cierre-diario")).toMatchObject({ schedule: "0 7 * * 1,2,3,4,5", format: "csv", file_name: "CIERRE-DIARIO_{fecha:yyyyMMdd}_{n}.csv" });
    await page.getByText("De lunes a viernes a las 07:00").first().waitFor();
    await page.getByRole("button", { name: "Hacerla ahora" }).click();
    const run = page.getByRole("list", { name: "Las veces que se hizo" }).getByRole("listitem").first();
    await run.getByText("Lista").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), run.getByRole("button", { name: "Descargar" }).click()]);
    expect(file.suggestedFilename()).toMatch(/^CIERRE-DIARIO_\d{8}_1\.csv$/);
    await run.getByRole("button", { name: "Dejarlo otra vez" }).click();
    await page.getByText("está otra vez en su carpeta").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may not neither sees the menu nor gets in by the address", async () => {
    for (const [path, permission] of [
        ["/integraciones/intercambio", "«Ver los archivos intercambiados»"],
        ["/integraciones/intercambio/exportaciones", "«Administrar el intercambio de archivos»"],
        ["/integraciones/intercambio/accesos", "«Administrar claves de sistemas»"],
    ] as const) {
        const { page, faults, close } = await signedIn("dispatcher", path);
        await page.getByText(permission).waitFor();
        expect(await page.getByRole("link", { name: "Intercambio de archivos" }).count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on the exchange of files: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", "/integraciones/intercambio/recibidos", { theme, width });
            await page.getByRole("row", { name: "ordenes_1.csv" }).click();
            await page.getByRole("complementary").waitFor();
            await expectAccessible(page);
            await page.getByRole("link", { name: "Entradas" }).click();
            await page.getByRole("row", { name: "Órdenes del día" }).click();
            await page.getByRole("textbox", { name: "Nombres de archivo" }).waitFor();
            await expectAccessible(page);
            await page.getByRole("link", { name: "Exportaciones" }).click();
            await page.getByRole("row", { name: "Cierre diario" }).click();
            await page.keyboard.press("e");
            await page.getByRole("list", { name: "Columnas" }).waitFor();
            await expectAccessible(page);
            await page.getByRole("link", { name: "Accesos" }).click();
            await page.getByRole("row", { name: LOGIN }).click();
            await page.getByText("Sus carpetas").waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}
