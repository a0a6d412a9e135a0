// Writes every page at 1280 and 390 pixels, light and dark, in Spanish and English into console/pictures, of the company of
// the tests on a real server: `npm run pictures`, or with words that pick pages and looks:
// `npm run pictures -- tablero lugares 1280-light-es 390-dark-en`.
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const PAGES = [
    ["entrar", "/", null],
    ["olvido", "/entrar/olvido", null],
    ["clave", "/entrar/clave#enlace", null],
    ["tablero", "/tablero", "dispatcher"],
    ["tarea", "/tablero?tarea=$seen", "dispatcher"],
    ["tarea-con-historia", "/tablero?tarea=$task", "dispatcher"],
    ["tarea-nueva", "/tablero?tarea=nueva", "dispatcher"],
    ["lugares", "/lugares", "dispatcher"],
    ["lugar", "/lugares?lugar=$place", "dispatcher"],
    ["bandeja", "/bandeja", "administrator"],
    ["equipo", "/equipo/empleados", "administrator"],
    ["empleado", "/equipo/empleados?persona=$employee", "administrator"],
    ["grupos", "/equipo/grupos", "administrator"],
    ["perfiles-de-empleados", "/equipo/perfiles", "administrator"],
    ["telefonos", "/equipo/telefonos", "administrator"],
    ["inscribir", "/equipo/telefonos/inscribir", "administrator"],
    ["mensajes", "/equipo/mensajes", "administrator"],
    ["dia", "/jornadas/dia?fecha=$yesterday", "administrator"],
    ["semana", "/jornadas/semana?fecha=$yesterday", "administrator"],
    ["periodos", "/jornadas/periodos", "administrator"],
    ["usuarios", "/ajustes/usuarios", "administrator"],
    ["perfiles", "/ajustes/perfiles", "administrator"],
    ["canal", "/integraciones/notificaciones?canal=$channel", "administrator"],
    ["canal-carpeta", "/integraciones/notificaciones?canal=$channel&editar=true", "administrator"],
    ["importar", "/integraciones/importar", "administrator"],
    ["importar-columnas", "/integraciones/importar/$draft", "administrator"],
    ["importacion", "/integraciones/historial/$import", "administrator"],
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
    ["tablas", "/formularios/tablas", "administrator"],
    ["tabla", "/formularios/tablas/causas?abierto=code:causas:SIN-ENERGIA", "administrator"],
    ["cuenta", "/ajustes/cuenta", "administrator"],
    ["reglas-de-jornada", "/ajustes/reglas-de-jornada?abierto=nuevas", "administrator"],
    ["dias-no-laborables", "/ajustes/dias-no-laborables?abierto=nuevo", "administrator"],
    ["cuenta-propia", "/ajustes/cuenta-propia", "dispatcher"],
    ["sin-permiso", "/tablero", "stranger"],
];

const isLook = (word) => /^\d+-(light|dark)-(es|en)$/.test(word);
const words = process.argv.slice(2).filter((word) => !isLook(word));
const looks = process.argv.slice(2).filter(isLook);
const vite = await createServer({ server: { middlewareMode: true }, appType: "custom", logLevel: "error" });
const { startServer, removeServer, Api } = await vite.ssrLoadModule("/tests/browser/server.ts");
const { found, today, PASSWORD, PEOPLE } = await vite.ssrLoadModule("/tests/browser/company.ts");
const { Phone } = await vite.ssrLoadModule("/tests/browser/phone.ts");
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
    await api.send("POST", "/v1/channels", { code: "erp", name: "ERP de facturación", url: "https://erp.andina.example/campo" });
    const channel = await api.send("POST", "/v1/channels", { code: "archivos", name: "Eventos para el sistema de la sede", kind: "folder", url: "", document: { kind: "office_track" }, events: ["entry.complete"], folder: { agent: agent.id, remote: remote.id, folder: "eventos", file_name: "{EntryGuid}.xml" } });
    return { remote: remote.id, agent: agent.id, export: made.id, channel: channel.id };
}

/** A day of punches, phones at work, messages, an import that is drawn up and one that was done; their ids. */
async function work(api) {
    const yesterday = today(-1);
    const punch = (number, kind, day, time) => api.send("POST", `/v1/employees/number:${number}/punches`, { kind, at: `${day}T${time}:00-05:00`, reason: "Hoja de papel" });
    for (const [number, begin, end] of [["1001", "07:02", "17:04"], ["1003", "06:58", "15:31"], ["1007", "08:10", "18:45"]]) {
        for (const [kind, time] of [["shift.start", begin], ["break.start", "12:00"], ["break.end", "12:45"], ["shift.end", end]]) await punch(number, kind, yesterday, time);
    }
    await punch("1002", "shift.start", yesterday, "06:55");
    const phones = [];
    for (const number of ["1012", "1008"]) phones.push(await Phone.of(api, number));
    await api.send("POST", "/v1/enrolments", { name: "Teléfono de la cuadrilla norte", roster: { groups: ["code:SAB"] } });
    const task = await api.send("POST", "/v1/tasks", { customer_name: "Central de alarmas del Restrepo", type: "code:CORR", description: "La sirena no responde", assignments: [{ employee: "number:1012" }], start: { local: `${today()}T08:00`, zone: "America/Bogota" } });
    await phones[0].sync();
    await phones[0].step(task.id, "task.start");
    await api.send("POST", "/v1/messages", { employees: ["number:1012", "number:1008"], text: "Mañana la reunión es a las 6:30 en la bodega norte." });
    await phones[0].sync();
    for (const phone of phones) phone.end();
    const upload = async (path, name) => {
        const answer = await fetch(`${api.url}${path}`, { method: "POST", headers: { Authorization: `Bearer ${api.token}`, "Content-Type": "application/octet-stream" }, body: readFileSync(new URL(`../tests/browser/samples/${name}`, import.meta.url)) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    const draft = await upload("/v1/imports/drafts?file_name=ordenes.xlsx&makes=tasks", "ordenes.xlsx");
    await api.send("POST", "/v1/import-templates", { code: "corto", name: "Órdenes de la hoja", makes: "tasks", columns: [{ heading: "N° OT", field: "external_number" }, { heading: "CLIENTE / RAZÓN SOCIAL", field: "customer_name" }] });
    const done = await upload("/v1/imports?template=code:corto&file_name=ordenes.xlsx", "ordenes.xlsx");
    await api.send("POST", "/v1/catalogue-items/batch", { items: [["SIN-ENERGIA", "Sin energía en el sitio"], ["FIBRA-CORTADA", "Fibra cortada"]].map(([code, name]) => ({ table: "causas", code: `causas:${code}`, name, values: { Área: "Red", Cobra: "No" } })) });
    const { id: employee } = await api.send("GET", "/v1/employees/number:1012");
    const { id: seen } = await api.send("GET", "/v1/tasks/number:700101");
    const { id: place } = await api.send("GET", "/v1/pois/number:C101");
    return { seen, place, draft: draft.id, import: done.id, task: task.id, employee, yesterday };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
    const { administrator } = server;
    await found(await Api.signedIn(server.url, administrator.login, administrator.password));
    await (await Api.signedIn(server.url, administrator.login, administrator.password)).send("PUT", "/v1/session/password", { current: administrator.password, password: PASSWORD });
    const api = await Api.signedIn(server.url, administrator.login, PASSWORD);
    const ids = { ...(await exchange(api)), ...(await work(api)) };
    const logins = { administrator: administrator.login, ...Object.fromEntries(Object.entries(PEOPLE).map(([key, { login }]) => [key, login])) };
    for (const theme of ["light", "dark"]) {
        for (const language of ["es", "en"]) {
            for (const [width, height] of [
                [1280, 800],
                [390, 844],
            ]) {
                if (looks.length > 0 && !looks.includes(`${width}-${theme}-${language}`)) continue;
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
