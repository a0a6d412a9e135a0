// The account, rules of working time and non-working days: changed, with what they were before; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn, typeDigits } from "./browser";
import { Api } from "./server";

let api: Api;

beforeAll(async () => {
    const { login, password } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, password);
});

afterAll(closeBrowser);

test("the account is changed, what is refused stands at its field, and the new name on every page", async () => {
    const { page, faults, close } = await signedIn("administrator", "/ajustes/cuenta");
    const days = page.getByRole("textbox", { name: "Días que el teléfono guarda una tarea cerrada" });
    await days.fill("999");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByRole("alert").waitFor();
    expect(await days.getAttribute("aria-invalid")).toBe("true");
    await days.fill("14");
    await page.getByRole("textbox", { name: "Nombre de la empresa" }).fill("Andina Redes y Frío");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Cuenta guardada").waitFor();
    await page.getByRole("navigation").getByText("Andina Redes y Frío").first().waitFor();
    expect(await api.send("GET", "/v1/account")).toMatchObject({ name: "Andina Redes y Frío", settings: { closed_task_days: 14, location: "entries" } });
    await page.getByRole("textbox", { name: "Nombre de la empresa" }).fill("Andina Redes");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByRole("navigation").getByText("Andina Redes", { exact: true }).first().waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("of two who change the account the second is shown both values and decides", async () => {
    const { page, faults, close } = await signedIn("administrator", "/ajustes/cuenta");
    await page.getByRole("textbox", { name: "Nombre de la empresa" }).fill("La mía");
    const answer = await fetch(`${inject("url")}/v1/account`, { headers: { Authorization: `Bearer ${api.token}` } });
    await api.send("PATCH", "/v1/account", { name: "La otra" }, { "If-Match": answer.headers.get("etag") ?? "" });
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("usted «La mía», la otra persona «La otra»").waitFor();
    await page.getByRole("button", { name: "Tomar lo de la otra persona" }).click();
    await page.getByRole("textbox", { name: "Nombre de la empresa" }).fill("Andina Redes");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Cuenta guardada").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("rules of working time are typed in hours, changed, and their versions tell what they were", async () => {
    const { page, faults, close } = await signedIn("administrator", "/ajustes/reglas-de-jornada");
    await page.getByText("Todavía no hay reglas").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Ley 2101");
    await typeDigits(page.getByRole("group", { name: "Desde el día" }), "15072026");
    await page.getByRole("textbox", { name: /Horas ordinarias al día/ }).fill("7:30");
    await page.getByRole("textbox", { name: /Horas ordinarias a la semana/ }).fill("42");
    await typeDigits(page.getByRole("group", { name: /La noche empieza/ }), "1900");
    await typeDigits(page.getByRole("group", { name: /La noche termina/ }), "0600");
    await page.getByRole("button", { name: "Crear las reglas" }).click();
    await page.getByText("Reglas «Ley 2101» guardadas").waitFor();
    expect(await api.send("GET", "/v1/working-time-rules/code:ley-2101")).toMatchObject({ from_date: "2026-07-15", ordinary_minutes_per_day: 450, ordinary_minutes_per_week: 2520, night_from: "19:00:00", night_to: "06:00:00", whole_company: true });
    await page.getByRole("textbox", { name: /Horas ordinarias al día/ }).fill("8");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Versiones anteriores").click();
    await page.getByText("Horas ordinarias al día: 7 h 30 → 8 h").waitFor();
    await page.getByRole("button", { name: "Dejar fuera de uso" }).click();
    await page.getByText("Reglas «Ley 2101» fuera de uso").waitFor();
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByRole("row", { name: "Ley 2101" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a holiday and a weekly rest of one group are written, and filtered by year", async () => {
    const { page, faults, close } = await signedIn("administrator", "/ajustes/dias-no-laborables");
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Inmaculada Concepción");
    await typeDigits(page.getByRole("group", { name: "Primer día" }), "08122026");
    await page.getByRole("button", { name: "Crear", exact: true }).click();
    await page.getByText("«Inmaculada Concepción» guardado").waitFor();
    await page.getByRole("button", { name: "Nuevo día" }).click();
    await page.getByRole("textbox", { name: "Nombre" }).fill("Descanso de la Sabana");
    await page.getByText("Los mismos días, a las mismas horas.").click();
    await page.getByRole("checkbox", { name: "sábado" }).press(" ");
    await typeDigits(page.getByRole("group", { name: "Primer día" }), "01012027");
    await typeDigits(page.getByRole("group", { name: /Desde la hora/ }), "1300");
    await page.getByText("Algunos grupos o personas").click();
    await page.getByRole("combobox", { name: /Grupos/ }).fill("saba");
    await page.getByRole("option", { name: "Sabana", exact: true }).click();
    await page.getByRole("button", { name: "Crear", exact: true }).click();
    await page.getByText("«Descanso de la Sabana» guardado").waitFor();
    expect(await api.send("GET", "/v1/non-working-days/code:descanso-de-la-sabana-2027-01-01")).toMatchObject({ schedule_type: "weekly", weekdays: ["saturday"], from_time: "13:00:00", groups: [expect.any(String)] });
    await page.getByRole("button", { name: /Año$/ }).click();
    await page.getByRole("option", { name: "2027" }).click();
    await expect.poll(() => page.getByRole("row", { name: "Inmaculada Concepción" }).count()).toBe(0);
    await page.getByRole("row", { name: "Descanso de la Sabana" }).getByText("Sabana").first().waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may only look reads, and who may not is told who can allow it", async () => {
    const reader = await signedIn("dispatcher", "/ajustes/reglas-de-jornada");
    await reader.page.getByRole("row", { name: "Ley 2101" }).click();
    await reader.page.getByText("Toda la empresa").first().waitFor();
    expect(await reader.page.getByRole("button", { name: "Guardar" }).count()).toBe(0);
    expect(await reader.page.getByRole("button", { name: "Nuevas reglas" }).count()).toBe(0);
    expect(reader.faults).toEqual([]);
    await reader.close();
    for (const [path, permission, link] of [
        ["/ajustes/cuenta", "«Cambiar la cuenta y sus ajustes»", "Cuenta"],
        ["/ajustes/reglas-de-jornada", "«Ver jornadas»", "Reglas de jornada"],
        ["/ajustes/dias-no-laborables", "«Ver empleados»", "Días no laborables"],
    ] as const) {
        const { page, faults, close } = await signedIn("viewer", path);
        await page.getByText(permission).waitFor();
        expect(await page.getByRole("link", { name: link, exact: true }).count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on account, rules and non-working days: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", "/ajustes/cuenta", { theme, width });
            await page.getByRole("textbox", { name: "Nombre de la empresa" }).waitFor();
            await expectAccessible(page);
            for (const path of ["/ajustes/reglas-de-jornada", "/ajustes/dias-no-laborables"]) {
                await page.goto(inject("url") + path);
                await page.getByRole("row").nth(1).click();
                await page.getByText("Versiones anteriores").waitFor();
                await expectAccessible(page);
            }
            await close();
        }
    });
}
