// The team: employees, groups, profiles, phones and how they are enrolled, messages.
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn, visit } from "./browser";
import { Api } from "./server";

afterAll(closeBrowser);

const office = () => Api.signedIn(inject("url"), inject("administrator").login, inject("administrator").password);

test("an employee is added by keyboard, refused at the field first, and gets a PIN", async () => {
    const { page, faults, close } = await signedIn("administrator", "/equipo/empleados");
    await page.getByRole("row", { name: /Luz Marina/ }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("complementary", { name: "Nuevo empleado" }).waitFor();
    await page.getByLabel("Nombre", { exact: true }).fill("Zoraida");
    await page.getByLabel("Apellidos").fill("Ávila Pérez");
    await page.getByLabel("Número").fill("1001");
    await page.getByRole("button", { name: /Grupo/ }).last().click();
    await page.getByRole("option", { name: /Sabana/ }).click();
    await page.getByRole("button", { name: "Agregar al equipo" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Número").getAttribute("aria-invalid")).toBe("true");
    await page.getByLabel("Número").fill("2001");
    await page.getByRole("button", { name: "Agregar al equipo" }).click();
    await page.getByText("Zoraida Ávila Pérez está en el equipo").waitFor();
    await page.getByRole("button", { name: "PIN…" }).click();
    await page.getByRole("dialog").getByLabel("PIN", { exact: true }).fill("4821");
    await page.keyboard.press("Enter");
    await page.getByText("Zoraida Ávila Pérez tiene PIN nuevo").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("two who change one employee see both values, and the second decides", async () => {
    const api = await office();
    const one = await api.send<{ id: string; version: number }>("GET", "/v1/employees/number:1012");
    const { page, faults, close } = await signedIn("administrator", `/equipo/empleados?persona=${one.id}&editar=true`);
    await page.getByRole("textbox", { name: /^Teléfono/ }).fill("300 111");
    await api.send("PATCH", `/v1/employees/${one.id}`, { phone_number: "300 222", email: "w@andina.example" }, { "If-Match": String(one.version), "Content-Type": "application/merge-patch+json" });
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Otra persona cambió esto mientras usted escribía.").waitFor();
    await page.getByText("usted «300 111», la otra persona «300 222»").waitFor();
    await page.getByRole("button", { name: "Seguir con lo mío" }).click();
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Wilmer Alexánder Tovar: guardado").waitFor();
    expect(await api.send("GET", `/v1/employees/${one.id}`)).toMatchObject({ phone_number: "300 111", email: "w@andina.example" });
    expect(faults).toEqual([]);
    await close();
});

test("what is typed of an employee survives a reload", async () => {
    const { page, close } = await signedIn("administrator", "/equipo/empleados?persona=nueva");
    await page.getByLabel("Nombre", { exact: true }).fill("A medias");
    await page.reload();
    if (await page.getByRole("textbox", { name: "Usuario" }).isVisible()) {
        await page.getByRole("textbox", { name: "Usuario" }).fill(inject("administrator").login);
        await page.getByLabel("Contraseña", { exact: true }).fill(inject("administrator").password);
        await page.getByRole("button", { name: "Entrar", exact: true }).click();
    }
    await expect.poll(() => page.getByLabel("Nombre", { exact: true }).inputValue()).toBe("A medias");
    await close();
});

test("a group is made below another one and stands there", async () => {
    const { page, faults, close } = await signedIn("administrator", "/equipo/grupos?abierto=nuevo");
    await page.getByLabel("Nombre", { exact: true }).fill("Funza");
    await page.getByLabel("Código", { exact: true }).fill("FUN");
    await page.getByRole("button", { name: /Debajo de/ }).click();
    await page.getByRole("option", { name: /Sabana/ }).click();
    await page.getByRole("button", { name: "Crear el grupo" }).click();
    await page.getByRole("row", { name: "Funza, nivel 2" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a profile says what its people may record, and what breaks there are", async () => {
    const api = await office();
    const { page, faults, close } = await signedIn("administrator", "/equipo/perfiles?abierto=nuevo");
    await page.getByLabel("Nombre", { exact: true }).fill("Ayudante");
    await page.getByLabel("Código", { exact: true }).fill("AYU");
    await page.getByRole("button", { name: "Agregar una pausa" }).click();
    await page.getByLabel("Nombre", { exact: true }).nth(1).fill("Café");
    await page.getByLabel("Código", { exact: true }).nth(1).fill("CAF");
    await page.getByLabel("Minutos previstos").fill("15");
    await page.getByRole("button", { name: "Crear el perfil" }).click();
    await page.getByText("Perfil Ayudante guardado").waitFor();
    expect(await api.send("GET", "/v1/employee-profiles/code:AYU")).toMatchObject({ break_kinds: [{ code: "CAF", name: "Café", planned_minutes: 15 }] });
    expect(faults).toEqual([]);
    await close();
});

test("codes for ten phones are made at once, and each enrols a phone", async () => {
    const { page, faults, close } = await signedIn("administrator", "/equipo/telefonos/inscribir");
    await page.getByLabel("Nombre").fill("Cuadrilla norte");
    await page.getByLabel("Cuántos teléfonos").fill("10");
    await page.getByRole("button", { name: "Hacer 10 códigos" }).click();
    const tickets = page.getByRole("list", { name: "Códigos", exact: true }).getByRole("listitem");
    await tickets.first().waitFor();
    expect(await tickets.count()).toBe(10);
    await expectAccessible(page);
    // This server has no `public_url`: no QR, but what to set.
    expect(await page.getByText("public_url").count()).toBe(1);
    const code = (await tickets.first().locator("code").textContent()) ?? "";
    const phone = new Api(inject("url"), "");
    await phone.send("POST", "/v1/enrolments/redeem", { code, device: { platform: "android", model: "Pixel 9", os_version: "16", app_version: "1.0.0" } });
    await page.getByRole("link", { name: "Ir a los teléfonos" }).click();
    await page.getByRole("row", { name: "Cuadrilla norte 1" }).click();
    await page.getByRole("complementary", { name: "Cuadrilla norte 1" }).getByText("Pixel 9").waitFor();
    await page.getByRole("button", { name: "Dar de baja…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Dar de baja", exact: true }).click();
    await page.getByText("Cuadrilla norte 1 está dado de baja").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may use a phone is chosen by group", async () => {
    const api = await office();
    const { code } = await api.send<{ code: string }>("POST", "/v1/enrolments", { name: "Compartido" });
    await new Api(inject("url"), "").send("POST", "/v1/enrolments/redeem", { code });
    const { page, faults, close } = await signedIn("administrator", "/equipo/telefonos?q=compartido");
    await page.getByRole("row", { name: "Compartido" }).click();
    await page.getByRole("button", { name: "Cambiar…" }).click();
    await page.getByRole("dialog").getByRole("combobox", { name: /Grupos/ }).fill("bogota");
    await page.getByRole("option", { name: /Bogotá/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Guardar" }).click();
    await page.getByText("7 personas pueden usarlo").waitFor();
    await page.getByText("Sin PIN").first().waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a message goes to a person and stands in their conversation", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/equipo/mensajes");
    await page.getByRole("button", { name: "Nuevo mensaje" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: /Personas/ }).fill("yenny");
    await page.getByRole("option", { name: /Yenny Paola/ }).click();
    await dialog.getByLabel("Mensaje", { exact: true }).fill("Pase por la bodega antes de salir.");
    await dialog.getByRole("button", { name: "Enviar" }).click();
    await page.getByText("Mensaje enviado").waitFor();
    await page.getByRole("row", { name: /Yenny Paola Rodríguez: Pase por la bodega/ }).click();
    await page.getByRole("region", { name: "Mensajes con Yenny Paola Rodríguez" }).getByText("Pase por la bodega antes de salir.").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("what a camera opens says address and code to anybody, in both languages", async () => {
    for (const language of ["es", "en"] as const) {
        const { page, faults, close } = await visit(inject("url"), { width: 390, language });
        await page.goto(`${inject("url")}/e#7K3QD-9XPW2`);
        await page.getByText("7K3QD-9XPW2").waitFor();
        await page.getByText(new URL(inject("url")).origin).waitFor();
        await page.getByRole("heading", { name: language === "es" ? "Inscribir este teléfono" : "Enrol this phone" }).waitFor();
        await expectAccessible(page);
        expect(faults).toEqual([]);
        await close();
    }
});

test("who may see employees only has no act and no phones", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/equipo/empleados");
    await page.getByRole("row", { name: /Luz Marina/ }).click();
    await page.getByRole("complementary").waitFor();
    for (const name of ["Nuevo empleado", "Editar", "PIN…", "Dar de baja…"]) expect(await page.getByRole("button", { name }).count(), name).toBe(0);
    expect(await page.getByRole("navigation").getByRole("link", { name: "Teléfonos" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
    const stranger = await signedIn("viewer", "/equipo/telefonos");
    await stranger.page.getByText("«Administrar teléfonos»").waitFor();
    await stranger.close();
});

for (const theme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
        test(`axe finds nothing in the team: ${theme}, ${width} pixels`, async () => {
            const { page, close } = await signedIn("administrator", "/equipo/empleados", { theme, width });
            const pages = [["Empleados", "/equipo/empleados"], ["Grupos", "/equipo/grupos"], ["Perfiles de empleados", "/equipo/perfiles"], ["Teléfonos", "/equipo/telefonos"], ["Mensajes", "/equipo/mensajes"]] as const;
            for (const [name] of pages) {
                if (width === 390) await page.getByRole("button", { name: "Más" }).click();
                await page.getByRole("link", { name, exact: true }).first().click();
                await page.getByRole("heading", { name, level: 1 }).waitFor();
                await expectAccessible(page);
                const row = page.getByRole("grid").getByRole("row").nth(1);
                if (await row.count()) {
                    await row.click();
                    await page.getByRole("complementary").waitFor();
                    await expectAccessible(page);
                }
            }
            await close();
        });
    }
}
