// Customers' servers and agents: made, tried, taken from and brought to, and told of when something is wrong there.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { PASSWORD } from "./company";
import { Peer } from "./peer";
import { Api } from "./server";

let api: Api;
let peer: Peer;

beforeAll(async () => {
    api = await Api.signedIn(inject("url"), inject("administrator").login, PASSWORD);
    peer = await Peer.listening();
    await api.send("POST", "/v1/import-templates", { code: "sap", name: "Columnas de SAP", makes: "tasks", columns: [{ heading: "NUMERO", field: "task_number" }, { heading: "DETALLE", field: "description" }] });
    await api.send("POST", "/v1/intakes", { code: "sap", name: "Entrada de SAP", folder: "sap", pattern: "ordenes_*.csv", template: "code:sap" });
});

afterAll(async () => {
    await peer.end();
    await closeBrowser();
});

const SERVERS = "/integraciones/intercambio/servidores";
const AGENTS = "/integraciones/intercambio/agentes";

test("a customer's server is made, tried by step, and its files are taken and imported", async () => {
    const { page, faults, close } = await signedIn("administrator", SERVERS);
    await page.getByText("Campo no visita ningún servidor todavía").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Servidor de SAP");
    await page.getByRole("textbox", { name: "Nombre o dirección" }).fill("127.0.0.1");
    await page.getByRole("textbox", { name: /^Puerto/ }).fill(String(peer.port));
    await page.getByRole("textbox", { name: "Usuario" }).fill(peer.user);
    await page.getByRole("radio", { name: "Con una clave SSH" }).press(" ");
    await page.getByRole("textbox", { name: "Clave SSH privada" }).fill(peer.privateKey());
    await page.getByRole("textbox", { name: /^Carpeta/ }).fill(`${peer.folder}/no-existe`);
    await page.getByRole("button", { name: "Traer archivos de una carpeta" }).click();
    await page.getByRole("textbox", { name: "Nombres de archivo" }).fill("ordenes_*.csv");
    await page.getByRole("button", { name: /Van a la entrada de$/ }).click();
    await page.getByRole("option", { name: /in\/sap/ }).click();
    await page.getByRole("button", { name: "Crear el servidor" }).click();
    await page.getByText("pruébelo ahora").waitFor();

    // The folder is not there: the trial says at which step it ended.
    await page.getByRole("button", { name: "Probar", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("Algo no anda.").waitFor();
    const steps = page.getByRole("list", { name: "Los pasos de la prueba" }).getByRole("listitem");
    expect(await steps.nth(0).textContent()).toMatch(/: bien$/);
    expect(await steps.nth(1).textContent()).toMatch(/: falló$/);
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: /^Carpeta/ }).fill(peer.folder);
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Servidor «Servidor de SAP» guardado").waitFor();
    await page.getByRole("checkbox", { name: "Al probar, escribir y borrar allí un archivo pequeño" }).press(" ");
    await page.getByRole("button", { name: "Probar", exact: true }).click();
    await alert.getByText("Todo anda bien.").waitFor();
    expect(peer.names()).toEqual([]);
    await page.getByText("Se le conoce por").waitFor();
    await page.getByText(/^SHA256:/).waitFor();

    // A file that was the same at two looks is taken and removed there.
    peer.put("ordenes_7.csv", "NUMERO;DETALLE\n82001;Cambiar la bomba\n");
    await expect
        .poll(
            async () => {
                await page.getByRole("button", { name: "Visitarlo ahora" }).click();
                return peer.names();
            },
            { timeout: 40_000, interval: 1_000 },
        )
        .toEqual([]);
    await expect.poll(async () => (await api.send<{ items: { description?: string }[] }>("GET", "/v1/tasks?q=bomba")).items.length, { timeout: 20_000 }).toBe(1);
    await page.getByRole("list", { name: "Los últimos archivos" }).getByText("ordenes_7.csv").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("an export is brought there, and the server's page tells of it", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/intercambio/exportaciones?abierto=nueva");
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Cierre para SAP");
    await page.getByRole("button", { name: /Al servidor del cliente$/ }).click();
    await page.getByRole("option", { name: /Servidor de SAP/ }).click();
    await page.getByRole("button", { name: "Crear la exportación" }).click();
    await page.getByText("servidor «Servidor de SAP»").waitFor();
    await page.getByRole("button", { name: "Hacerla ahora" }).click();
    await expect.poll(() => peer.names(), { timeout: 30_000 }).toEqual([expect.stringMatching(/^CIERRE-PARA-SAP_\d{8}_1\.xlsx$/)]);
    await page.getByRole("link", { name: "Servidores del cliente" }).click();
    await page.getByRole("row", { name: "Servidor de SAP" }).click();
    await page.getByRole("link", { name: "Cierre para SAP" }).waitFor();
    await page.getByRole("list", { name: "Los últimos archivos" }).getByText(/CIERRE-PARA-SAP/).waitFor();
    await page.getByRole("link", { name: "Entradas" }).click();
    await page.getByRole("row", { name: "Entrada de SAP" }).click();
    await page.getByRole("link", { name: "Servidor «Servidor de SAP»" }).click();
    await page.getByText("Se le conoce por").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a server that shows another key is left alone until a person keeps the known one or accepts the new one", async () => {
    await peer.changeKey();
    const { page, faults, close } = await signedIn("administrator", SERVERS);
    await page.getByRole("row", { name: "Servidor de SAP" }).click();
    await page.getByRole("button", { name: "Probar", exact: true }).click();
    await page.getByText("El servidor ya no muestra la misma identidad.").waitFor();
    await page.getByRole("row", { name: "Servidor de SAP" }).getByText("Otra identidad").waitFor();
    await page.getByRole("button", { name: "Quedarse con la de antes" }).click();
    await page.getByText("se sigue conociendo por la de antes").waitFor();
    await page.getByText("El servidor ya no muestra la misma identidad.").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Probar", exact: true }).click();
    await page.getByRole("button", { name: "Es la suya: aceptar la nueva" }).click();
    await page.getByText("se conoce ahora por la nueva").waitFor();
    await page.getByRole("button", { name: "Probar", exact: true }).click();
    await page.getByRole("alert").getByText("Todo anda bien.").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("an agent is made with a code shown once and the file its machine needs, is heard of, and is ended", async () => {
    const { page, faults, close } = await signedIn("administrator", AGENTS);
    await page.getByText("Ningún agente lleva archivos todavía").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Servidor de la sede");
    await page.getByRole("button", { name: "Crear el agente" }).click();
    const dialog = page.getByRole("dialog", { name: "Instalar el agente «Servidor de la sede»" });
    const code = (await dialog.getByLabel("Código", { exact: true }).textContent()) ?? "";
    await dialog.getByRole("radio", { name: "Linux" }).press(" ");
    const config = dialog.getByLabel("campo-agent.toml", { exact: true });
    expect(await config.textContent()).toContain(`code = "${code}"`);
    expect(await config.textContent()).toContain('folder = "/srv/erp/salida"');
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Descargar campo-agent.toml" }).click()]);
    expect(file.suggestedFilename()).toBe("campo-agent.toml");
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByRole("row", { name: "Servidor de la sede" }).getByText("Sin instalar").waitFor();

    const nobody = new Api(api.url, "");
    const { token } = await nobody.send<{ token: string }>("POST", "/v1/agents/enrol", { code, secret: randomBytes(32).toString("base64url") });
    const program = new Api(api.url, token);
    await program.send("POST", "/v1/agents/report", { folders: ["/srv/erp/salida"], problems: ["no se puede escribir en /srv/erp/entrada"], system: "linux x86_64", version: "0.1.0" });
    await page.reload();
    await page.getByRole("row", { name: "Servidor de la sede" }).getByText("Con problemas").waitFor();
    await page.getByText("no se puede escribir en /srv/erp/entrada").waitFor();
    await page.getByText("/srv/erp/salida", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Código nuevo…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Hacer el código" }).click();
    await page.getByRole("dialog", { name: /^Instalar el agente/ }).getByRole("button", { name: "Ya lo guardé" }).click();
    await expect(program.send("POST", "/v1/agents/report", { folders: [], problems: [], system: "linux", version: "0.1.0" })).rejects.toThrow(/401/);
    expect(faults).toEqual([]);
    await close();
});

test("who may not neither sees these pages nor gets in by their address", async () => {
    for (const path of [SERVERS, AGENTS]) {
        const { page, faults, close } = await signedIn("dispatcher", path);
        await page.getByText("«Administrar el intercambio de archivos»").waitFor();
        expect(await page.getByRole("link", { name: "Intercambio de archivos" }).count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on servers and agents: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", SERVERS, { theme, width });
            await page.getByRole("row", { name: "Servidor de SAP" }).click();
            await page.getByText("Se le conoce por").waitFor();
            await expectAccessible(page);
            await page.keyboard.press("e");
            await page.getByRole("list", { name: "Lo que se trae de allí" }).waitFor();
            await expectAccessible(page);
            await page.goto(`${inject("url")}${AGENTS}`);
            await page.getByRole("row", { name: "Servidor de la sede" }).click();
            await page.getByText("Sus carpetas").waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}

test("in English too, and the language changes without a word missing", async () => {
    const { page, faults, close } = await signedIn("administrator", SERVERS, { language: "en" });
    await page.getByRole("heading", { name: "File exchange" }).waitFor();
    await page.getByRole("link", { name: "Customer's servers" }).waitFor();
    await page.getByRole("button", { name: /Patricia/ }).click();
    await page.getByRole("menuitem", { name: "Español" }).click();
    await page.getByRole("link", { name: "Servidores del cliente" }).waitFor();
    await page.getByRole("columnheader", { name: "Última visita" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});
