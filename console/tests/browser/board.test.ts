// The board: what a dispatcher does in a morning, by mouse and by keyboard, and what others may not.
import { afterAll, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { PASSWORD, PEOPLE, today } from "./company";
import { Api } from "./server";

afterAll(closeBrowser);

type Task = { id: string; version: number; task_number: number; customer_name: string; progress: { status: string; assignments: { number: string }[] } };

const dispatcher = () => Api.signedIn(inject("url"), PEOPLE.dispatcher.login, PASSWORD);
const row = (page: Page, number: number) => page.getByRole("row", { name: new RegExp(String(number)) });
const bar = (page: Page, number: number) => page.getByRole("region", { name: "Técnicos" }).getByRole("button", { name: new RegExp(`^${number} `) });

/** A task of its own for each test, far from what the others look at. */
async function newTask(api: Api, fields: object = {}): Promise<Task> {
    return api.send<Task>("POST", "/v1/tasks", { customer_name: "Cliente de prueba", start: { local: `${today()}T20:00`, zone: "America/Bogota" }, duration_minutes: 30, ...fields });
}

async function opened(task: Task, look = {}) {
    const visit = await signedIn("dispatcher", `/tablero?tarea=${task.id}`, look);
    await visit.page.getByRole("complementary").getByText(String(task.task_number)).first().waitFor();
    return visit;
}

test("the four parts of the board show the same tasks, what needs a person first", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/tablero");
    await row(page, 700115).waitFor();
    const first = await page.getByRole("grid", { name: "Tareas" }).getByRole("row").nth(1).textContent();
    expect(first).toContain("No realizada");
    expect(await bar(page, 700101).getAttribute("aria-label")).toContain("En curso");
    expect(await page.getByRole("listbox", { name: "Tareas sin asignar" }).getByRole("option").count()).toBeGreaterThan(3);
    await row(page, 700115).click();
    await page.getByRole("complementary", { name: "Hotel Boutique Casa del Virrey" }).waitFor();
    expect(await bar(page, 700115).getAttribute("aria-pressed")).toBe("true");
    expect(page.url()).toContain("tarea=");
    expect(await page.getByText("Contrato").count()).toBe(1);
    expect(await page.getByText("solo oficina").count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

test("a task is assigned by keyboard alone, and taken back", async () => {
    const api = await dispatcher();
    const task = await newTask(api);
    const { page, faults, close } = await opened(task);
    await page.keyboard.press("a");
    await page.getByRole("dialog", { name: "Asignar a…" }).waitFor();
    await page.keyboard.type("diana");
    await page.getByRole("option", { name: /Diana Carolina Ospina/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("1 tarea asignada a Diana Carolina Ospina").waitFor();
    const assigned = await api.send<Task>("GET", `/v1/tasks/${task.id}`);
    expect(assigned.progress.assignments.map((one) => one.number)).toEqual(["1009"]);
    await page.getByRole("complementary").getByRole("heading").first().focus();
    await page.keyboard.press("z");
    await page.getByText("Deshecho").waitFor();
    expect((await api.send<Task>("GET", `/v1/tasks/${task.id}`)).progress.assignments).toEqual([]);
    expect(faults).toEqual([]);
    await close();
});

test("several tasks are chosen and change their state together, and back", async () => {
    const api = await dispatcher();
    const tasks = [await newTask(api, { customer_name: "Lote uno" }), await newTask(api, { customer_name: "Lote dos" })];
    const { page, faults, close } = await signedIn("dispatcher", "/tablero?q=lote");
    for (const task of tasks) await row(page, task.task_number).getByRole("checkbox").click();
    await page.getByText("2 tareas elegidas").waitFor();
    await page.getByRole("button", { name: "Cambiar estado…" }).click();
    await page.getByRole("radio", { name: /Retirada/ }).click({ force: true });
    await page.getByLabel("Motivo").fill("Cliente canceló");
    await page.getByRole("button", { name: "Cambiar", exact: true }).click();
    await page.getByText("2 tareas: Retirada").waitFor();
    for (const task of tasks) expect((await api.send<Task>("GET", `/v1/tasks/${task.id}`)).progress.status).toBe("canceled");
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByText("Deshecho").waitFor();
    for (const task of tasks) expect((await api.send<Task>("GET", `/v1/tasks/${task.id}`)).progress.status).toBe("new");
    expect(faults).toEqual([]);
    await close();
});

test("a task is dragged from the tray onto a person", async () => {
    const api = await dispatcher();
    const task = await newTask(api, { customer_name: "Arrastrada", start: null });
    const { page, close } = await signedIn("dispatcher", "/tablero?q=arrastrada");
    const from = page.getByRole("option", { name: /Arrastrada/ });
    const to = page.getByRole("listitem").filter({ hasText: "Nelson Iván Sarmiento" }).locator(".lane");
    await from.dragTo(to);
    await page.getByText("1 tarea asignada a Nelson Iván Sarmiento").waitFor();
    expect((await api.send<Task>("GET", `/v1/tasks/${task.id}`)).progress.assignments.map((one) => one.number)).toEqual(["1010"]);
    await close();
});

test("filters stand in the address, remove in the list and dim on the axis", async () => {
    const { page, close } = await signedIn("dispatcher", "/tablero");
    await row(page, 700115).waitFor();
    await page.getByRole("button", { name: "Filtro", exact: true }).click();
    await page.getByRole("menuitem", { name: "Estado…" }).click();
    await page.getByRole("radio", { name: "rechazadas" }).click({ force: true });
    await page.getByRole("button", { name: "Quitar el filtro Estado: rechazadas" }).waitFor();
    expect(page.url()).toContain("estado=rechazadas");
    expect(await page.getByRole("grid", { name: "Tareas" }).getByRole("row").count()).toBe(2);
    expect(await bar(page, 700101).getAttribute("class")).toContain("is-dim");
    await page.goBack();
    await row(page, 700130).waitFor();
    await close();
});

test("a task is written in the drawer; what the server refuses stands at its field, and a reload loses nothing", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/tablero");
    await page.keyboard.press("n");
    const field = (name: string | RegExp) => page.getByRole("textbox", { name });
    await field("Cliente").fill("Escuela Rural El Salitre");
    await field(/Duración/).fill("una hora");
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByRole("alert").waitFor();
    expect(await field(/Duración/).getAttribute("aria-invalid")).toBe("true");
    await field(/Duración/).fill("45");
    await field(/Coordenadas/).fill("4,6097 -74,0817");
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByText(/Tarea \d+ creada/).waitFor();
    await page.getByRole("complementary", { name: "Escuela Rural El Salitre" }).waitFor();
    expect(await page.getByText("4.60970, -74.08170").count()).toBe(1);
    expect(faults).toEqual([]);
    await close();
});

test("two who change one task: the second is shown both values and decides", async () => {
    const api = await dispatcher();
    const task = await newTask(api, { customer_name: "Antes" });
    const { page, faults, close } = await signedIn("dispatcher", `/tablero?tarea=${task.id}&editar=true`);
    const customer = page.getByRole("textbox", { name: "Cliente" });
    await customer.fill("Lo mío");
    await api.send("PATCH", `/v1/tasks/${task.id}`, { customer_name: "Lo ajeno", notes: "de otro" }, { "If-Match": String(task.version) });
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Otra persona cambió esta tarea mientras usted escribía.").waitFor();
    await page.getByRole("radio", { name: /Lo mío/ }).click({ force: true });
    await page.getByRole("button", { name: "Seguir con estos valores" }).click();
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText(`Tarea ${task.task_number} guardada`).waitFor();
    expect(await api.send("GET", `/v1/tasks/${task.id}`)).toMatchObject({ customer_name: "Lo mío", notes: "de otro" });
    expect(faults).toEqual([]);
    await close();
});

test("a note is written into the story of a task", async () => {
    const api = await dispatcher();
    const task = await newTask(api);
    const { page, close } = await opened(task);
    await page.getByRole("textbox", { name: "Nota", exact: true }).fill("Llamar antes de llegar");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Historia" }).getByText("«Llamar antes de llegar»").waitFor();
    await close();
});

test("Escape closes the drawer and gives the focus back to its row", async () => {
    const { page, close } = await signedIn("dispatcher", "/tablero");
    await row(page, 700115).click();
    await page.getByRole("complementary").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("complementary").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("row");
    await close();
});

test("who may only look has no act, on no part and by no key", async () => {
    const { page, faults, close } = await signedIn("viewer", "/tablero");
    await row(page, 700115).click();
    await page.getByRole("complementary").waitFor();
    for (const name of ["Nueva tarea", "Reasignar…", "Cambiar estado", "Editar", "Asignar"]) expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    await page.keyboard.press("a");
    await page.keyboard.press("n");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(page.url()).not.toContain("nueva");
    expect(faults).toEqual([]);
    await close();
});

for (const theme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
        test(`axe finds nothing on the board: ${theme}, ${width} pixels`, async () => {
            const { page, close } = await signedIn("dispatcher", "/tablero", { theme, width });
            await page.getByText(width === 390 ? "Necesitan a una persona" : "Sin asignar").first().waitFor();
            await expectAccessible(page);
            await close();
        });
        test(`axe finds nothing on an open task: ${theme}, ${width} pixels`, async () => {
            const api = await dispatcher();
            const task = await newTask(api);
            const { page, close } = await opened(task, { theme, width });
            await expectAccessible(page);
            await page.keyboard.press("e");
            await page.getByRole("button", { name: "Guardar" }).waitFor();
            await expectAccessible(page);
            await close();
        });
    }
}
