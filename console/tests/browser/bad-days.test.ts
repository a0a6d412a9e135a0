// Bad days: names of 200 characters in both directions, a company with nothing in it, and a line that is cut.
import type { Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn, signIn, visit } from "./browser";
import { PASSWORD, PEOPLE, today } from "./company";
import { Line } from "./line";
import { pagesFor } from "./pages";
import { Api, removeServer, startServer } from "./server";

afterAll(closeBrowser);

const LONG = "Empresa Comunitaria de Acueducto y Alcantarillado de los Corregimientos de San Juan de Rioseco y Guayabal de Síquima ".repeat(3).slice(0, 200).trim();
const WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3).slice(0, 200);
const RIGHT_TO_LEFT = "شركة المياه والصرف الصحي (فرع الشمال) ".repeat(6).slice(0, 200).trim();

/** Whatever is written, the page stays as wide as its window, and so does the part that is open. */
async function expectWithin(page: Page): Promise<void> {
    const wider = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll<HTMLElement>("#page, aside, [role=complementary], .dr-body")].filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => `${part.tagName}.${part.className}: ${part.scrollWidth} > ${part.clientWidth}`),
    );
    expect(wider).toEqual([]);
}

test("names of 200 characters, of one word, and from right to left are read whole, and nothing leaves its place", async () => {
    const api = await Api.signedIn(inject("url"), inject("administrator").login, PASSWORD);
    const group = await api.send<{ id: string }>("POST", "/v1/groups", { code: "LARGO", name: WORD });
    const names = { LONG, WORD, RIGHT_TO_LEFT };
    const made: [name: string, path: string][] = [];
    for (const [code, name] of Object.entries(names)) {
        const person = await api.send<{ id: string }>("POST", "/v1/employees", { number: code, first_name: name.slice(0, 100), last_name: name.slice(100, 200), group: group.id, profile: "code:TEC" });
        const place = await api.send<{ id: string }>("POST", "/v1/pois", { number: code, name, place: { latitude: 4.6, longitude: -74.1 } });
        const task = await api.send<{ id: string }>("POST", "/v1/tasks", { customer_name: name, poi: place.id, description: name, start: { local: `${today()}T20:00`, zone: "America/Bogota" }, assignments: [{ employee: person.id }] });
        made.push([name, `/tablero?tarea=${task.id}`], [name, `/lugares?lugar=${place.id}`], [`${name.slice(0, 100).trim()} ${name.slice(100, 200).trim()}`, `/equipo/empleados?persona=${person.id}`]);
    }
    for (const width of [1280, 390]) {
        const { page, faults, close } = await signedIn("administrator", "/equipo/grupos", { width });
        await page.getByRole("row", { name: /Donaudampf/ }).waitFor();
        await expectWithin(page);
        for (const [name, path] of made) {
            await page.goto(inject("url") + path);
            const heading = page.getByRole("complementary").getByRole("heading", { level: 2, name, exact: true });
            await heading.waitFor();
            expect(await heading.evaluate((one) => one.scrollWidth <= one.clientWidth + 1), path).toBe(true);
            await expectWithin(page);
        }
        expect(faults).toEqual([]);
        await close();
    }
});

const PAGES = ["/tablero", "/jornadas/dia", "/jornadas/semana", "/lugares", "/equipo/empleados", "/equipo/grupos", "/equipo/perfiles", "/equipo/telefonos", "/equipo/mensajes", "/formularios/formularios", "/formularios/tipos-de-tarea", "/formularios/tablas", "/integraciones/planillas", "/integraciones/historial", "/integraciones/notificaciones", "/integraciones/intercambio/recibidos", "/integraciones/intercambio/entradas", "/integraciones/intercambio/exportaciones", "/integraciones/intercambio/servidores", "/integraciones/intercambio/agentes", "/integraciones/intercambio/accesos", "/integraciones/servicios-web/claves", "/integraciones/servicios-web/llamadas", "/bandeja", "/ajustes/reglas-de-jornada", "/ajustes/dias-no-laborables"];

test("in a company with nothing in it every page says why it is empty, and what comes next", async () => {
    const server = await startServer();
    const { login, password } = server.administrator;
    await (await Api.signedIn(server.url, login, password)).send("PUT", "/v1/session/password", { current: password, password: PASSWORD });
    const pages = await pagesFor(server.url);
    const { page, faults, close } = await visit(pages.url);
    await page.goto(`${pages.url}/tablero`);
    await page.getByRole("textbox", { name: "Usuario" }).fill(login);
    await page.getByLabel("Contraseña", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation").first().waitFor();
    const silent: string[] = [];
    for (const path of PAGES) {
        await page.goto(pages.url + path);
        await page.locator("#page .empty").first().waitFor({ timeout: 10_000 }).catch(() => silent.push(path));
        expect(await page.locator("body").innerText(), path).not.toMatch(/undefined|NaN|\[object/);
        await expectWithin(page);
    }
    expect(silent).toEqual([]);
    // Two pages are an act before they are a list.
    for (const [path, words] of [
        ["/jornadas/periodos", "Todavía no se cerró ningún día."],
        ["/integraciones/importar", "Suelte aquí el archivo"],
    ] as const) {
        await page.goto(pages.url + path);
        await page.getByText(words).waitFor();
    }
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await close();
    await pages.close();
    await removeServer(server);
});

test("a line that is cut is said, loses nothing that is being written, and what happened meanwhile appears after it", async () => {
    const api = await Api.signedIn(inject("url"), PEOPLE.dispatcher.login, PASSWORD);
    const line = await Line.to(inject("url"));
    const { page, close } = await visit(line.url);
    await page.goto(`${line.url}/tablero?q=corte`);
    await signIn(page, "dispatcher");
    await page.getByText("Conectado").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Cliente" }).fill("Escrito durante el corte");
    await line.cut();
    await page.getByText(/^Reconectando… Datos de las \d/).waitFor();
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByRole("alert").getByText("No se pudo hablar con el servidor.").waitFor();
    const { task_number } = await api.send<{ task_number: number }>("POST", "/v1/tasks", { customer_name: "Cambio durante el corte", start: { local: `${today()}T21:00`, zone: "America/Bogota" } });
    await line.mend();
    await page.getByText("Conectado").waitFor();
    await page.getByRole("row", { name: new RegExp(String(task_number)) }).waitFor();
    expect(await page.getByRole("textbox", { name: "Cliente" }).inputValue()).toBe("Escrito durante el corte");
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByText(/Tarea \d+ creada/).waitFor();
    await page.getByRole("row", { name: /Escrito durante el corte/ }).waitFor();
    await close();
    await line.cut();
});
