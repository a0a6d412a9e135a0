// Writes every page at 1280 and 390 pixels, light and dark, in Spanish and English into console/pictures, of the company of
// the tests on a real server: `npm run pictures`, or with words that pick pages: `npm run pictures -- tablero lugares`.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const PAGES = [
    ["entrar", "/", null],
    ["tablero", "/tablero", "dispatcher"],
    ["tarea", "/tablero?tarea=number:700101", "dispatcher"],
    ["tarea-nueva", "/tablero?tarea=nueva", "dispatcher"],
    ["lugares", "/lugares", "dispatcher"],
    ["lugar", "/lugares?lugar=number:C101", "dispatcher"],
    ["equipo", "/equipo", "administrator"],
    ["importar", "/integraciones/importar", "administrator"],
    ["planillas", "/integraciones/planillas", "administrator"],
    ["historial", "/integraciones/historial", "administrator"],
    ["notificaciones", "/integraciones/notificaciones?canal=nuevo", "administrator"],
    ["claves", "/integraciones/servicios-web/claves?clave=nueva", "administrator"],
    ["llamadas", "/integraciones/servicios-web/llamadas", "administrator"],
    ["direcciones", "/integraciones/servicios-web/direcciones", "administrator"],
    ["recibidos", "/integraciones/intercambio/recibidos", "administrator"],
    ["entradas", "/integraciones/intercambio/entradas?abierto=nueva", "administrator"],
    ["exportaciones", "/integraciones/intercambio/exportaciones?abierto=nueva", "administrator"],
    ["servidores", "/integraciones/intercambio/servidores?abierto=$remote", "administrator"],
    ["servidor", "/integraciones/intercambio/servidores?abierto=$remote&editar=true", "administrator"],
    ["agentes", "/integraciones/intercambio/agentes?abierto=$agent", "administrator"],
    ["exportacion", "/integraciones/intercambio/exportaciones?abierto=$export&editar=true", "administrator"],
    ["jornadas", "/jornadas/dia", "dispatcher"],
    ["accesos", "/integraciones/intercambio/accesos?abierto=nuevo", "administrator"],
    ["formularios", "/formularios/formularios", "administrator"],
    ["formulario", "/formularios/formularios/code:VISITA", "administrator"],
    ["tipos-de-tarea", "/formularios/tipos-de-tarea", "administrator"],
    ["cuenta", "/ajustes/cuenta", "administrator"],
    ["reglas-de-jornada", "/ajustes/reglas-de-jornada?abierto=nuevas", "administrator"],
    ["dias-no-laborables", "/ajustes/dias-no-laborables?abierto=nuevo", "administrator"],
    ["cuenta-propia", "/ajustes/cuenta-propia", "dispatcher"],
    ["sin-permiso", "/tablero", "stranger"],
];

const words = process.argv.slice(2);
const vite = await createServer({ server: { middlewareMode: true }, appType: "custom", logLevel: "error" });
const { startServer, removeServer, Api } = await vite.ssrLoadModule("/tests/browser/server.ts");
const { found, PASSWORD, PEOPLE } = await vite.ssrLoadModule("/tests/browser/company.ts");
const { pagesFor } = await vite.ssrLoadModule("/tests/browser/pages.ts");
const folder = new URL("../pictures/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const server = await startServer();
const pages = await pagesFor(server.url);

/** A customer's server that was never met, an agent that reported, an export that goes to both; their ids. */
async function exchange(api) {
    await api.send("POST", "/v1/import-templates", { code: "ordenes", name: "Órdenes del día", makes: "tasks", columns: [{ heading: "NUMERO", field: "task_number" }] });
    await api.send("POST", "/v1/intakes", { code: "ordenes", name: "Órdenes de SAP", folder: "sap", pattern: "ordenes_*.xlsx", template: "code:ordenes" });
    const remote = await api.send("POST", "/v1/remotes", { code: "sap", name: "Servidor de SAP", protocol: "sftp", host: "sftp.andina.example", user: "campo", password: "mar en calma", folder: "/campo", fetches: [{ folder: "salida", pattern: "ordenes_*.xlsx", into: "sap", then: "move", move_to: "leidos" }] });
    const agent = await api.send("POST", "/v1/agents", { code: "sede", name: "Servidor de la sede norte" });
    const nobody = new Api(api.url, "");
    const { token } = await nobody.send("POST", "/v1/agents/enrol", { code: agent.enrolment.code, secret: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url") });
    await new Api(api.url, token).send("POST", "/v1/agents/report", { folders: ["C:\\ERP\\salida", "C:\\ERP\\entrada"], problems: [], system: "windows x86_64", version: "0.1.0" });
    const made = await api.send("POST", "/v1/exports", { code: "cierre", name: "Cierre diario", what: "tasks", format: "xlsx", file_name: "CIERRE_{fecha:yyyyMMdd}_{n}.xlsx", remote: remote.id, agent: agent.id, schedule: "0 19 * * 1-5" });
    return { remote: remote.id, agent: agent.id, export: made.id };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
    const { administrator } = server;
    await found(await Api.signedIn(server.url, administrator.login, administrator.password));
    await (await Api.signedIn(server.url, administrator.login, administrator.password)).send("PUT", "/v1/session/password", { current: administrator.password, password: PASSWORD });
    const ids = await exchange(await Api.signedIn(server.url, administrator.login, PASSWORD));
    const logins = { administrator: administrator.login, ...Object.fromEntries(Object.entries(PEOPLE).map(([key, { login }]) => [key, login])) };
    for (const theme of ["light", "dark"]) {
        for (const language of ["es", "en"]) {
            for (const [width, height] of [
                [1280, 800],
                [390, 844],
            ]) {
                let signedIn = null;
                let context = null;
                for (const [name, path, person] of PAGES) {
                    if (words.length > 0 && !words.includes(name)) continue;
                    if (!context || person !== signedIn) {
                        await context?.close();
                        context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language === "es" ? "es-CO" : "en-GB", timezoneId: "America/Bogota", reducedMotion: "reduce" });
                        signedIn = null;
                    }
                    const page = await context.newPage();
                    await page.goto(pages.url + path.replace(/\$(\w+)/, (_, name) => ids[name]));
                    if (person && signedIn !== person) {
                        await page.locator("input[name=login]").fill(logins[person]);
                        await page.locator("input[name=password]").fill(PASSWORD);
                        await page.keyboard.press("Enter");
                        signedIn = person;
                    }
                    await page.locator(person ? "#page" : "form").waitFor();
                    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
                    await page.screenshot({ path: `${folder}${name}-${width}-${theme}-${language}.png` });
                    await page.close();
                }
                await context?.close();
            }
        }
    }
    console.log(`pictures are in ${folder}`);
} finally {
    await browser.close();
    await pages.close();
    await removeServer(server);
    await vite.close();
}
