// Working time: the week, the day, corrections, periods, tables to take away.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn, typeDigits } from "./browser";
import { today } from "./company";
import { Api } from "./server";

afterAll(closeBrowser);

const yesterday = today(-1);
/** `2026-11-29` as people type it: day, month, year. */
const typed = (day: string) => day.split("-").reverse().join("");
const punch = (api: Api, number: string, kind: string, day: string, time: string) => api.send("POST", `/v1/employees/number:${number}/punches`, { kind, at: `${day}T${time}:00-05:00`, reason: "Hoja de papel" });

beforeAll(async () => {
    const api = await Api.signedIn(inject("url"), inject("administrator").login, inject("administrator").password);
    for (const [kind, time] of [["shift.start", "07:02"], ["break.start", "12:00"], ["break.end", "12:45"], ["shift.end", "17:04"]] as const) await punch(api, "1001", kind, yesterday, time);
    await punch(api, "1002", "shift.start", yesterday, "06:55");
});

test("a week shows each day's time, what is missing first, and a day opens its punches", async () => {
    const { page, faults, close } = await signedIn("administrator", `/jornadas/semana?fecha=${yesterday}`);
    const cell = page.getByRole("button", { name: /^Luz Marina Quiroga Peña, / }).first();
    await cell.waitFor();
    expect(await cell.textContent()).toContain("07:02–17:04");
    await page.getByText("falta la salida").filter({ visible: true }).first().waitFor();
    await page.getByText("1 sin entrada o salida").waitFor();
    await cell.click();
    const drawer = page.getByRole("complementary", { name: "Luz Marina Quiroga Peña" });
    await drawer.getByRole("button", { name: /12:45\s*Termina la pausa/ }).click();
    await drawer.getByText("La agregó la oficina: ningún teléfono la hizo.").waitFor();
    await drawer.getByText(/N\.º/).first().waitFor();
    expect(page.url()).toContain("marcacion=");
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await close();
});

test("the out that is missing is added, corrected, and taken back", async () => {
    const { page, faults, close } = await signedIn("administrator", `/jornadas/dia?fecha=${yesterday}`);
    await page.getByRole("row", { name: /^Edwin Mamani Quispe/ }).click();
    await page.getByRole("button", { name: "Agregar la que falta…" }).click();
    const dialog = page.getByRole("dialog");
    await typeDigits(dialog.getByRole("group", { name: "Hora" }), `${typed(yesterday)}1658`);
    await dialog.getByLabel("Motivo").fill("Se le acabó la batería");
    await dialog.getByRole("button", { name: "Agregar", exact: true }).click();
    await page.getByText("Salida agregada").waitFor();
    await page.getByRole("row", { name: /Edwin Mamani Quispe: 06:55–16:58/ }).waitFor();
    const drawer = page.getByRole("complementary", { name: "Edwin Mamani Quispe" });
    await drawer.getByText("«Se le acabó la batería»").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("the week is taken away as csv and xlsx", async () => {
    const { page, faults, close } = await signedIn("administrator", `/jornadas/semana?fecha=${yesterday}`);
    for (const [name, ending] of [["Excel (xlsx)", "xlsx"], ["CSV", "csv"]] as const) {
        await page.getByRole("button", { name: "CSV o Excel" }).click();
        const coming = page.waitForEvent("download");
        await page.getByRole("menuitem", { name, exact: true }).click();
        expect((await coming).suggestedFilename()).toMatch(new RegExp(`^jornadas-.*\\.${ending}$`));
    }
    expect(faults).toEqual([]);
    await close();
});

test("days are closed for a person and opened again with a reason", async () => {
    const { page, faults, close } = await signedIn("administrator", "/jornadas/periodos");
    await typeDigits(page.getByRole("group", { name: "Desde" }), typed(yesterday));
    await typeDigits(page.getByRole("group", { name: "Hasta" }), typed(yesterday));
    await page.getByText("Una persona", { exact: true }).click();
    await page.getByRole("combobox", { name: "Persona" }).fill("Luz");
    await page.getByRole("option", { name: /Luz Marina/ }).click();
    await page.getByRole("button", { name: "Cerrar los días" }).click();
    await page.getByText("Cerrado para 1 persona").waitFor();
    await page.getByLabel("Motivo").fill("Faltaba una marcación");
    await page.getByRole("button", { name: "Reabrirlos" }).click();
    await page.getByText("Reabierto para 1 persona").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may only look has no act, and who may not look is told who can allow it", async () => {
    const { page, faults, close } = await signedIn("dispatcher", `/jornadas/semana?fecha=${yesterday}`);
    await page.getByRole("button", { name: /^Luz Marina Quiroga Peña, / }).first().click();
    await page.getByRole("complementary").waitFor();
    for (const name of ["Corregir…", "Agregar la que falta…", "Cerrar periodo…"]) expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    expect(faults).toEqual([]);
    await close();
    const viewer = await signedIn("viewer", "/jornadas/dia");
    await viewer.page.getByText("«Ver jornadas»").waitFor();
    await viewer.close();
});

test("the tray says that nothing waits, and shows what is done on request", async () => {
    const { page, faults, close } = await signedIn("administrator", "/bandeja");
    await page.getByRole("heading", { name: "Bandeja", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Ver los avisos atendidos" }).click();
    await page.getByText("Ninguno todavía.").waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await close();
    const stranger = await signedIn("stranger", "/bandeja");
    await stranger.page.getByText("Su perfil no permite abrir esta página").waitFor();
    await stranger.close();
});

for (const theme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
        test(`axe finds nothing in the timesheets: ${theme}, ${width} pixels`, async () => {
            for (const path of [`/jornadas/semana?fecha=${yesterday}`, `/jornadas/dia?fecha=${yesterday}`, "/jornadas/periodos"]) {
                const { page, close } = await signedIn("administrator", path, { theme, width });
                await page.getByRole("heading", { level: 1 }).waitFor();
                await expectAccessible(page);
                const opens = page.locator(".cell, .tbl-row").first();
                if (await opens.count()) {
                    await opens.click();
                    await page.getByRole("complementary").waitFor();
                    await expectAccessible(page);
                }
                await close();
            }
        });
    }
}
