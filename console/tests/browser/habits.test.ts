// What people are used to from their browser: copying into a spreadsheet, printing, tabs and the way back; and bulk acts by
// each of the three ways.
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, signedIn } from "./browser";
import { PASSWORD, PEOPLE, today } from "./company";
import { Api } from "./server";

afterAll(closeBrowser);

type Task = { id: string; task_number: number; progress: { status: string; assignments: { number: string }[] } };
const dispatcher = () => Api.signedIn(inject("url"), PEOPLE.dispatcher.login, PASSWORD);
const newTask = (api: Api, customer_name: string, more: object = {}) => api.send<Task>("POST", "/v1/tasks", { customer_name, start: { local: `${today()}T20:00`, zone: "America/Bogota" }, ...more });

test("chosen rows are copied with their headings, as a spreadsheet pastes them", async () => {
    const api = await dispatcher();
    const names = ['Copia "uno"', "=2+3 copia dos"];
    const tasks = [await newTask(api, names[0] ?? ""), await newTask(api, names[1] ?? "")];
    const { page, context, faults, close } = await signedIn("dispatcher", "/tablero?q=copia");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    for (const { task_number } of tasks) await page.getByRole("row", { name: new RegExp(String(task_number)) }).getByRole("checkbox").click();
    await page.getByRole("row", { name: new RegExp(String(tasks[0]?.task_number)) }).focus();
    await page.keyboard.press("Control+c");
    await page.getByText("2 filas copiadas, con sus títulos").waitFor();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n").map((line) => line.split("\t"));
    expect(lines[0]?.slice(0, 2)).toEqual(["N.º", "Cliente"]);
    const pasted = new Map(lines.slice(1).map(([number, customer]) => [number, customer]));
    expect(pasted.get(String(tasks[0]?.task_number))).toBe('"Copia ""uno"""');
    // What a spreadsheet would calculate stays text.
    expect(pasted.get(String(tasks[1]?.task_number))).toBe("'=2+3 copia dos");
    expect(faults).toEqual([]);
    await close();
});

test("an open task, the list of a day and a week of timesheets print as what they say, without the console around them", async () => {
    const api = await dispatcher();
    const task = await newTask(api, "Para imprimir", { description: "Llevar la llave del cuarto frío" });
    const { page, faults, close } = await signedIn("administrator", `/tablero?tarea=${task.id}`);
    const drawer = page.getByRole("complementary", { name: "Para imprimir" });
    await drawer.getByText("Llevar la llave del cuarto frío").waitFor();
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("navigation", { name: "Menú" }).isVisible()).toBe(false);
    expect(await drawer.getByText("Llevar la llave del cuarto frío").isVisible()).toBe(true);
    for (const name of ["Editar", "Cerrar", "Imprimir"]) expect(await drawer.getByRole("button", { name }).count(), name).toBe(0);
    expect(await page.getByRole("grid", { name: "Tareas" }).isVisible()).toBe(false);
    const pages = async () => (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(await pages()).toBeLessThanOrEqual(2);

    await page.emulateMedia({ media: "screen" });
    await page.goto(`${inject("url")}/tablero`);
    await page.getByRole("grid", { name: "Tareas" }).getByRole("row").nth(3).waitFor();
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    // All of the day, and not only what was seen.
    await expect.poll(() => page.getByRole("grid", { name: "Tareas" }).getByRole("row").count()).toBeGreaterThan(60);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));

    await page.emulateMedia({ media: "screen" });
    await page.goto(`${inject("url")}/jornadas/semana`);
    await page.getByText("Luz Marina Quiroga Peña").first().waitFor();
    await page.emulateMedia({ media: "print" });
    expect(await page.getByText("Luz Marina Quiroga Peña").first().isVisible()).toBe(true);
    expect(await page.getByRole("navigation", { name: "Menú" }).isVisible()).toBe(false);
    expect(await pages()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await close();
});

test("several are given to somebody by drag, by the menu of a row and by key", async () => {
    const api = await dispatcher();
    const tasks = [await newTask(api, "Montón uno", { start: null }), await newTask(api, "Montón dos", { start: null })];
    const numbers = async () => Promise.all(tasks.map(async ({ id }) => (await api.send<Task>("GET", `/v1/tasks/${id}`)).progress.assignments.map(({ number }) => number).join()));
    const { page, faults, close } = await signedIn("dispatcher", "/tablero?q=montón");
    const row = (place: number) => page.getByRole("row", { name: new RegExp(String(tasks[place]?.task_number)) });
    for (const place of [0, 1]) await row(place).getByRole("checkbox").click();
    await row(0).dragTo(page.getByRole("listitem").filter({ hasText: "Nelson Iván Sarmiento" }).locator(".lane"));
    await page.getByText("2 tareas asignadas a Nelson Iván Sarmiento").waitFor();
    expect(await numbers()).toEqual(["1010", "1010"]);

    await row(1).click({ button: "right" });
    await page.getByRole("menuitem", { name: /^Asignar a…/ }).click();
    await page.keyboard.type("brayan");
    await page.getByRole("option", { name: /Brayan Stiven Moncada/ }).click();
    await page.getByText("2 tareas asignadas a Brayan Stiven Moncada").waitFor();
    expect(await numbers()).toEqual(["1011", "1011"]);

    for (const place of [0, 1]) {
        await row(place).focus();
        await page.keyboard.press("Space");
    }
    await page.keyboard.press("a");
    await page.keyboard.type("diana");
    await page.getByRole("option", { name: /Diana Carolina Ospina/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("2 tareas asignadas a Diana Carolina Ospina").waitFor();
    expect(await numbers()).toEqual(["1009", "1009"]);
    expect(faults).toEqual([]);
    await close();
});

test("what is typed into a new task survives a reload, and the way back leads where one was", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/tablero");
    await page.getByRole("row").nth(2).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Cliente" }).fill("Sobrevive a la recarga");
    await page.reload();
    await expect.poll(() => page.getByRole("textbox", { name: "Cliente" }).inputValue()).toBe("Sobrevive a la recarga");
    await page.goBack();
    await page.getByRole("textbox", { name: "Cliente" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Lugares" }).click();
    await page.getByRole("heading", { name: "Lugares" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});
