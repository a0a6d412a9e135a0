// The import as a customer's integrator does it in an afternoon: from a file that LibreOffice wrote to a task on a phone.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { PASSWORD, PEOPLE } from "./company";
import { Phone } from "./phone";
import { Api } from "./server";

afterAll(closeBrowser);

/** Two lines above the headings, one day that can be read in two ways, one that is none, and a technician nobody knows. */
const FILE = new URL("./samples/ordenes.xlsx", import.meta.url).pathname;
const START = "/integraciones/importar";

type Run = { id: string; state: string; created: number; refused: number };
type Rows = { items: { row: number; outcome: string; task?: string; poi?: string }[] };

const importer = () => Api.signedIn(inject("url"), PEOPLE.importer.login, PASSWORD);

/** Another file each time: the same one by the same columns is imported once. */
async function uploaded(page: Page, name = "ordenes.xlsx", buffer: Buffer = readFileSync(FILE)): Promise<void> {
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await page.getByRole("list", { name: "Columnas del archivo" }).waitFor();
}

async function map(page: Page, letter: string, field: string): Promise<void> {
    const picker = page.getByRole("button", { name: new RegExp(`^Campo de la columna ${letter}:`) });
    await picker.click();
    await page.getByRole("searchbox", { name: "Buscar un campo" }).fill(field);
    await page.getByRole("menuitem", { name: field, exact: true }).click();
    await page.getByRole("button", { name: `Campo de la columna ${letter}: ${field}`, exact: true }).waitFor();
}

/** Presses Tab until what is wanted has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let times = 0; times < 80; times += 1) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
            const element = document.activeElement as HTMLElement | null;
            const labels = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? [...(element.labels ?? [])].map((one) => one.textContent) : [];
            return [element?.getAttribute("aria-label"), element?.textContent, ...labels].filter(Boolean).join(" ");
        });
        if (name.test(focused)) return;
    }
    throw new Error(`Tab never reached ${name}`);
}

test("from a file of LibreOffice to a task on a phone, with what is asked answered and what is wrong told by its cell", async () => {
    const administrator = await Api.signedIn(inject("url"), inject("administrator").login, inject("administrator").password);
    const phone = await Phone.of(administrator, "1001");
    const { page, faults, close } = await signedIn("importer", START);
    await uploaded(page);
    expect(await page.getByText("8 columnas").count()).toBe(1);
    expect(await page.getByRole("button", { name: /Títulos\s*fila 3/ }).count()).toBe(1);
    // What the headings say is mapped, and says why.
    const technician = page.getByRole("listitem", { name: "Columna D: Técnico" });
    expect(await technician.textContent()).toContain("Empleado (número)");
    expect(await technician.textContent()).toContain("Segura");
    await map(page, "A", "Número de tarea del cliente");
    await map(page, "B", "Cliente");
    await map(page, "C", "Vence (fecha)");
    // Nothing goes on before the question is answered, and nothing is chosen beforehand.
    await page.getByText("1 pregunta por responder").waitFor();
    expect(await page.getByRole("button", { name: "Vista previa" }).getAttribute("aria-disabled")).toBe("true");
    expect(await page.getByRole("radio", { checked: true }).count()).toBe(0);
    // A reload loses nothing: the draft is in the address.
    await page.reload();
    await page.getByRole("button", { name: "Campo de la columna B: Cliente", exact: true }).waitFor();
    await page.getByRole("radio", { name: /3 de abril de 2030/ }).click({ force: true });
    await page.getByRole("radio").first().waitFor({ state: "detached" });
    expect(await page.getByRole("listitem", { name: /^Columna C:/ }).textContent()).toContain("Primero el día");
    // Their words for a state.
    await map(page, "G", "Estado");
    await page.getByRole("button", { name: /^Cómo se lee la columna G/ }).click();
    await page.getByRole("button", { name: "Las de la muestra" }).click();
    for (const [place, state] of ["Nueva", "Cerrada", "Retirada"].entries()) {
        await page.getByRole("button", { name: /Significa/ }).nth(place).click();
        await page.getByRole("option", { name: state, exact: true }).click();
    }
    await page.getByRole("button", { name: "Aplicar" }).click();
    await page.getByText("closed", { exact: true }).waitFor();
    await map(page, "H", "Dato 7");
    await page.getByRole("button", { name: "Vista previa" }).click();
    const reasons = page.getByRole("list", { name: "Por qué" });
    await reasons.waitFor();
    expect(await reasons.getByRole("listitem").filter({ hasText: "E6" }).textContent()).toContain("32/13/2026");
    expect(await reasons.getByRole("listitem").filter({ hasText: "D7" }).textContent()).toContain("9999");
    expect(await page.getByRole("list", { name: "Resultado" }).textContent()).toMatch(/2 crear.*2 rechazadas/);
    const first = page.getByRole("list", { name: "Las primeras filas" }).getByRole("listitem").first();
    expect(await first.textContent()).toContain("OT-9001");
    expect(await first.textContent()).toContain("3 abr 2030");
    // The preview kept nothing.
    const api = await importer();
    expect((await api.send<{ items: unknown[] }>("GET", "/v1/tasks?q=OT-9001")).items).toEqual([]);
    await page.getByRole("button", { name: "Importar 2 filas" }).click();
    await page.getByText("Terminada, con rechazos").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Descargar las rechazadas" }).click();
    expect((await download).suggestedFilename()).toBe("ordenes - rechazadas.xlsx");
    await page.getByRole("link", { name: "Ver cada fila" }).click();
    await page.getByRole("row", { name: "Fila 6, Rechazada" }).click();
    await page.getByRole("complementary", { name: "Fila 6" }).getByText("32/13/2026").first().waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const rows = (await api.send<Rows>("GET", `/v1/imports/${id}/rows`)).items;
    const task = rows.find((row) => row.row === 4)?.task;
    await expect.poll(async () => (await phone.sync()).tasks.map((one) => one.id)).toContain(task);
    phone.end();
    expect(faults).toEqual([]);
    await close();
}, 120_000);

test("what was saved reads the next file by itself, and files that arrive; its page renames, stops and removes it", async () => {
    const { page, faults, close } = await signedIn("importer", START);
    await uploaded(page);
    await map(page, "A", "Número de tarea del cliente");
    await map(page, "B", "Cliente");
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Órdenes – El Porvenir");
    await page.getByRole("checkbox", { name: /Usar para intercambio/ }).press(" ");
    await page.getByRole("textbox", { name: /^Carpeta/ }).fill("ordenes");
    await page.getByText("«ordenes.xlsx» encaja.").waitFor();
    await page.getByRole("textbox", { name: "Nombre de los archivos" }).fill("otros_{fecha}.xlsx");
    await page.getByRole("button", { name: "Guardar planilla" }).click();
    // The template was saved; what is wrong of the rest stands at its field, and is mended there.
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("textbox", { name: "Nombre de los archivos" }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: "Nombre de los archivos" }).fill("ordenes*.xlsx");
    await page.getByRole("button", { name: "Usar para intercambio", exact: true }).click();
    const exchange = page.getByRole("region", { name: "Intercambio de archivos" });
    await exchange.waitFor();
    expect(await exchange.textContent()).toContain("/in/ordenes");
    expect(await exchange.textContent()).toContain("ordenes*.xlsx");
    // Where the server listens in truth.
    await exchange.getByText(/ftp:\/\/127\.0\.0\.1:\d+/).waitFor();
    // The next file by this template.
    await page.getByRole("link", { name: "Planillas", exact: true }).click();
    await page.getByRole("row", { name: "Órdenes – El Porvenir" }).click();
    await page.getByRole("link", { name: "Importar con esta planilla" }).click();
    await uploaded(page, "ordenes de mañana.xlsx");
    expect(await page.getByRole("listitem", { name: /^Columna A:/ }).textContent()).toContain("Lo dice la planilla");
    // Another column makes it another mapping, which becomes the template's next version.
    await map(page, "H", "Dato 7");
    await page.getByRole("button", { name: "Guardar versión nueva" }).click();
    await page.getByText(/Este archivo se lee con la planilla.*, versión 2\./).waitFor();
    expect(await page.getByRole("listitem", { name: /^Columna H:/ }).textContent()).toContain("Lo dice la planilla");
    await page.getByRole("region", { name: "Intercambio de archivos" }).waitFor();
    await page.getByRole("button", { name: "Vista previa" }).click();
    await page.getByRole("list", { name: "Resultado" }).waitFor();
    // Another name for it, and then it goes.
    await page.goto(`${inject("url")}/integraciones/planillas`);
    await page.getByRole("row", { name: "Órdenes – El Porvenir" }).click();
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Órdenes del Porvenir");
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await page.getByRole("row", { name: "Órdenes del Porvenir" }).waitFor();
    await page.getByRole("button", { name: "Dejar de usarla para intercambio" }).click();
    await page.getByRole("region", { name: "Intercambio de archivos" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Quitar…" }).click();
    await page.getByRole("button", { name: "Quitar la planilla" }).click();
    await page.getByText("Todavía no hay planillas").waitFor();
    expect(faults).toEqual([]);
    await close();
}, 120_000);

test("cells are pasted and become places by keyboard alone, and the history tells it", async () => {
    const { page, faults, close } = await signedIn("importer", START);
    await page.getByRole("heading", { name: "Importar" }).waitFor();
    await tabTo(page, /Una tarea/);
    await page.keyboard.press("ArrowDown");
    await tabTo(page, /^Pegar celdas/);
    await page.keyboard.press("Enter");
    await page.keyboard.insertText("Código\tNombre\tLatitud\tLongitud\nP-901\tBodega Norte\t4,71\t-74,05\nP-902\tBodega Sur\t4,58\t-74,12\n");
    await tabTo(page, /^Usar estas celdas/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Campo de la columna A: Número", exact: true }).waitFor();
    await page.getByRole("button", { name: /Cada fila es\s*un punto de interés/ }).waitFor();
    await page.getByRole("heading", { name: "Columnas" }).click();
    await page.keyboard.press("v");
    await page.getByRole("button", { name: "Importar 2 filas" }).waitFor();
    await tabTo(page, /^Importar 2 filas/);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Ir a los lugares" }).waitFor();
    const api = await importer();
    expect(await api.send("GET", "/v1/pois/number:P-901")).toMatchObject({ name: "Bodega Norte", place: { latitude: 4.71, longitude: -74.05 } });
    await page.goto(`${inject("url")}/integraciones/historial`);
    const line = page.getByRole("row", { name: /Celdas pegadas/ });
    await line.waitFor();
    expect(await line.textContent()).toMatch(/Terminada.*2 creadas.*Usted/);
    await line.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: "Fila 2, Creada" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("an import is taken back from its page: what would become of it is shown first, and the file can come again", async () => {
    const { page, faults, close } = await signedIn("importer", START);
    await page.getByRole("radio", { name: /Un punto de interés/ }).check({ force: true });
    await uploaded(page, "sedes.csv", Buffer.from("Número;Nombre\nU-1;Sede Uno\nU-2;Sede Dos\n"));
    await page.getByRole("button", { name: "Vista previa" }).click();
    await page.getByRole("button", { name: "Importar 2 filas" }).click();
    await page.getByRole("link", { name: "Ver cada fila" }).click();
    await page.getByRole("button", { name: "Deshacer la importación…" }).click();
    const asked = page.getByRole("alertdialog", { name: "¿Deshacer la importación?" });
    await asked.getByText("2 cosas nuevas quedan fuera de uso.").waitFor();
    await asked.getByRole("button", { name: "Deshacer", exact: true }).click();
    await page.getByText(/El mismo archivo se puede volver a importar/).waitFor();
    const api = await importer();
    await expect(api.send("GET", "/v1/pois/number:U-1")).rejects.toThrow(/404/);
    expect(faults).toEqual([]);
    await close();
});

test("a file that is none says so in words, and a draft that is not wanted goes", async () => {
    const { page, faults, close } = await signedIn("importer", START);
    await page.locator("input[type=file]").setInputFiles({ name: "roto.xlsx", mimeType: "application/octet-stream", buffer: Buffer.concat([readFileSync(FILE).subarray(0, 900)]) });
    await page.getByText("«roto.xlsx»").waitFor();
    await page.getByRole("link", { name: "Elegir otro archivo" }).click();
    await page.getByRole("button", { name: "Quitar el borrador «roto.xlsx»" }).click();
    await page.getByText("Borrador «roto.xlsx» quitado").waitFor();
    expect(await page.getByRole("link", { name: "roto.xlsx" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

test("a draft that is not there any more is told as such", async () => {
    const { page, faults, close } = await signedIn("importer", `${START}/01a22a67-5c11-774e-a227-f4e8e5295326`);
    await page.getByText("En esta dirección no hay ninguna página").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a file of many parts goes up part by part, and runs while one looks elsewhere", async () => {
    const rows = Array.from({ length: 3000 }, (_, row) => `M-${row}\tLugar ${row}\t4.6\t-74.1\t${"nota ".repeat(320)}`);
    const { page, faults, close } = await signedIn("importer", START);
    await page.getByRole("radio", { name: /Un punto de interés/ }).click({ force: true });
    const parts: string[] = [];
    page.on("request", (request) => request.method() === "PUT" && parts.push(request.headers()["content-range"] ?? ""));
    await uploaded(page, "muchos.tsv", Buffer.from(`Código\tNombre\tLatitud\tLongitud\tNotas\n${rows.join("\n")}\n`));
    expect(parts.length).toBeGreaterThan(1);
    await page.getByRole("button", { name: "Campo de la columna E: Notas", exact: true }).waitFor();
    // The notes are longer than a place may have; without them it goes.
    await page.getByRole("button", { name: "Campo de la columna E: Notas", exact: true }).click();
    await page.getByRole("menuitem", { name: "No importar" }).click();
    await page.getByRole("button", { name: "Campo de la columna E: No importar", exact: true }).waitFor();
    await page.getByRole("button", { name: "Vista previa" }).click();
    await page.getByRole("button", { name: "Importar 3000 filas" }).click();
    await page.getByRole("button", { name: "Detener…" }).or(page.getByRole("link", { name: "Ir a los lugares" })).first().waitFor();
    const api = await importer();
    const newest = async () => (await api.send<{ items: Run[] }>("GET", "/v1/imports?limit=1")).items[0];
    await expect.poll(async () => (await newest())?.state, { timeout: 50_000 }).toBe("done");
    expect((await newest())?.created).toBe(3000);
    await page.getByText("Terminada", { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may not import neither sees the menu nor gets in by its address, and reads who can allow it", async () => {
    for (const path of [START, "/integraciones/planillas", "/integraciones/historial", `${START}/01a22a67-5c11-774e-a227-f4e8e5295326`]) {
        const { page, faults, close } = await signedIn("viewer", path);
        await page.getByText("«Importar»").waitFor();
        expect(await page.getByText("Lo puede dar quien administra los usuarios y perfiles de Andina Redes").count()).toBe(1);
        expect(await page.getByRole("navigation").getByText("Integraciones").count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

test("who may import and nothing else prepares and tries nothing that is not theirs, and reads what is missing", async () => {
    const { page, faults, close } = await signedIn("preparer", START);
    await page.getByRole("radio", { name: /Una tarea/ }).click({ force: true });
    await uploaded(page);
    await page.getByText("su perfil necesita «Administrar tareas»").waitFor();
    await page.getByText("Para guardar planillas su perfil necesita «Administrar planillas de integración»").waitFor();
    expect(await page.getByRole("button", { name: "Guardar planilla" }).count()).toBe(0);
    await page.getByRole("button", { name: "Vista previa" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("button", { name: "Importar", exact: true }).getAttribute("aria-disabled")).toBe("true");
    expect(faults).toEqual([]);
    await close();
});

for (const [theme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
] as const) {
    test(`axe finds nothing on the import's pages: ${theme}, ${width} pixels`, async () => {
        const { page, close } = await signedIn("importer", START, { theme, width });
        await page.getByRole("button", { name: "Elegir un archivo…" }).waitFor();
        await expectAccessible(page);
        await uploaded(page);
        await map(page, "A", "Número de tarea del cliente");
        await map(page, "C", "Vence (fecha)");
        await page.getByText("1 pregunta por responder").waitFor();
        await expectAccessible(page);
        await page.getByRole("button", { name: /^Cómo se lee la columna D/ }).click();
        await page.getByRole("dialog").waitFor();
        await expectAccessible(page);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Descartar" }).waitFor({ state: "detached" });
        await page.getByRole("radio", { name: /3 de abril/ }).click({ force: true });
        await page.getByRole("radio").first().waitFor({ state: "detached" });
        await page.getByRole("button", { name: "Vista previa" }).click();
        await page.getByRole("list", { name: "Resultado" }).waitFor();
        await expectAccessible(page);
        for (const [path, title] of [
            ["/integraciones/planillas", "Planillas"],
            ["/integraciones/historial", "Historial"],
        ] as const) {
            await page.goto(inject("url") + path);
            await page.getByRole("heading", { name: title, level: 1 }).waitFor();
            await expectAccessible(page);
        }
        await close();
    });
}
