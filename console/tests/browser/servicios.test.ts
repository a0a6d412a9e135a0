// Web services: a key is made, used, found in the log of calls, changed and taken away; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { Api } from "./server";

let api: Api;
let secret = "";

beforeAll(async () => {
    const { login, password } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, password);
});

afterAll(closeBrowser);

const KEYS = "/integraciones/servicios-web/claves";

test("a key is made with permissions and networks, and its secret shown once", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/servicios-web");
    await page.getByRole("link", { name: "Claves" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Facturación");
    await page.getByRole("checkbox", { name: /^Ver tareas/ }).press(" ");
    await page.getByRole("checkbox", { name: /^Usar los servicios web/ }).press(" ");
    await page.getByRole("textbox", { name: /^Redes/ }).fill("127.0.0.0/8\nninguna");
    await page.getByRole("button", { name: "Crear la clave" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("textbox", { name: /^Redes/ }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: /^Redes/ }).fill("127.0.0.0/8");
    await page.getByRole("button", { name: "Crear la clave" }).click();
    secret = (await page.getByLabel("Secreto", { exact: true }).textContent()) ?? "";
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByRole("row", { name: /Facturación/ }).getByText("2 permisos").waitFor();
    expect(faults).toEqual([]);
    await close();
    const system = new Api(inject("url"), secret);
    await system.send("GET", "/v1/tasks?limit=1");
    await expect(system.send("GET", "/v1/users")).rejects.toThrow("403");
});

test("a name and a password for SOAP are made, and open a SOAP call", async () => {
    const { page, faults, close } = await signedIn("administrator", KEYS);
    await page.getByRole("row", { name: /Facturación/ }).click();
    await page.getByRole("button", { name: "Dar usuario y contraseña…" }).click();
    expect(await page.getByRole("textbox", { name: "Usuario" }).inputValue()).toBe("andina-facturacion");
    await page.getByRole("button", { name: "Guardar" }).last().click();
    const once = page.getByRole("dialog", { name: "Para entrar a SOAP" });
    const password = (await once.getByLabel("Contraseña", { exact: true }).textContent()) ?? "";
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByText("Entra a SOAP como andina-facturacion.").waitFor();
    const call = async (secret: string) => {
        const body = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><CreateOrUpdateTask xmlns="Trackem.Web.Services"><UserName>andina-facturacion</UserName><Password>${secret}</Password><Task><TaskNumber>1</TaskNumber></Task></CreateOrUpdateTask></soap:Body></soap:Envelope>`;
        return (await fetch(`${inject("url")}/services/webservices.asmx`, { method: "POST", headers: { "Content-Type": "text/xml; charset=utf-8", "Accept-Language": "es" }, body })).text();
    };
    expect(await call("otra")).toContain("El usuario o la contraseña no son correctos");
    expect(await call(password)).toMatch(/CreateOrUpdateTaskResponse(?![\s\S]*no son correctos)/);
    await page.getByRole("link", { name: "Ver sus llamadas" }).click();
    await page.getByRole("row", { name: /\/v1\/users/ }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("calls are filtered, opened with what was asked and answered, and carry no secret", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/servicios-web/llamadas");
    await page.getByRole("row", { name: /\/v1\/tasks/ }).first().waitFor();
    await page.getByText("Solo fallidas").click();
    await expect.poll(() => page.getByRole("row", { name: /\/v1\/tasks\?limit=1/ }).count()).toBe(0);
    await page.getByRole("row", { name: /\/v1\/users/ }).click();
    const drawer = page.getByRole("complementary");
    await drawer.getByText("403 forbidden").waitFor();
    await drawer.getByText("Facturación").waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Más filtros…" }).click();
    await page.getByRole("textbox", { name: /Método/ }).fill("POST");
    await page.getByRole("button", { name: "Filtrar", exact: true }).click();
    await expect.poll(() => page.getByRole("row", { name: /\/v1\/users/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Quitar el filtro Método: POST" }).click();
    await page.getByRole("row", { name: /\/v1\/users/ }).waitFor();
    expect(page.url()).toContain("fallidas=true");
    expect(faults).toEqual([]);
    await close();
});

test("a secret is changed while the one before still holds, then without, and a removed key is out at once", async () => {
    const { page, faults, close } = await signedIn("administrator", KEYS);
    await page.getByRole("row", { name: /Facturación/ }).click();
    const change = async (hours: string) => {
        await page.getByRole("button", { name: "Cambiar el secreto…" }).click();
        await page.getByRole("textbox", { name: "Horas en que valen los dos" }).fill(hours);
        await page.getByRole("button", { name: "Hacer un secreto nuevo" }).click();
        const shown = (await page.getByLabel("Secreto", { exact: true }).textContent()) ?? "";
        await page.getByRole("button", { name: "Ya lo guardé" }).click();
        return shown;
    };
    const second = await change("48");
    await page.getByText(/^El secreto anterior vale también hasta/).waitFor();
    await new Api(inject("url"), secret).send("GET", "/v1/tasks?limit=1");
    await new Api(inject("url"), second).send("GET", "/v1/tasks?limit=1");
    const next = await change("0");
    await expect(new Api(inject("url"), secret).send("GET", "/v1/tasks?limit=1")).rejects.toThrow("401");
    await expect(new Api(inject("url"), second).send("GET", "/v1/tasks?limit=1")).rejects.toThrow("401");
    await new Api(inject("url"), next).send("GET", "/v1/tasks?limit=1");
    await page.getByRole("button", { name: "Quitar la clave…" }).click();
    await page.getByRole("button", { name: "Quitar la clave", exact: true }).click();
    await page.getByText("Clave «Facturación» quitada").waitFor();
    await expect(new Api(inject("url"), next).send("GET", "/v1/tasks?limit=1")).rejects.toThrow("401");
    expect(faults).toEqual([]);
    await close();
});

test("addresses name what is called: the WSDL they show is there", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/servicios-web/direcciones");
    const address = (await page.getByLabel("WSDL de los servicios (parámetros con tipo)").textContent()) ?? "";
    expect(new URL(address).pathname + new URL(address).search).toBe("/services/webservices.asmx?wsdl");
    expect(await (await fetch(inject("url") + new URL(address).pathname + new URL(address).search)).text()).toContain("CreateOrUpdateTask");
    expect(faults).toEqual([]);
    await close();
});

test("who may not manage keys neither sees the menu nor gets in; who may see calls sees them alone", async () => {
    const one = await signedIn("dispatcher", "/integraciones/servicios-web");
    await one.page.getByText("«Administrar claves de sistemas»").waitFor();
    expect(await one.page.getByRole("link", { name: "Servicios web" }).count()).toBe(0);
    await one.close();
    const profile = await api.send<{ id: string }>("POST", "/v1/profiles", { code: "ve-llamadas", name: "Ve llamadas", permissions: ["view_calls"] });
    await api.send("POST", "/v1/users", { code: "ve-llamadas", name: "Ve Llamadas", login: "llamadas@andina.example", profile: profile.id, language: "es", password: "la primera de todas" });
    await (await Api.signedIn(inject("url"), "llamadas@andina.example", "la primera de todas")).send("PUT", "/v1/session/password", { current: "la primera de todas", password: "maíz-cielo-arcilla-8" });
    const { page, faults, close } = await signedIn("stranger", "/integraciones/servicios-web");
    await page.getByText("Su perfil no permite abrir esta página").waitFor();
    await page.context().clearCookies();
    await page.goto(`${inject("url")}/integraciones/servicios-web`);
    await page.getByRole("textbox", { name: "Usuario" }).fill("llamadas@andina.example");
    await page.getByLabel("Contraseña", { exact: true }).fill("maíz-cielo-arcilla-8");
    await page.getByRole("button", { name: "Entrar", exact: true }).click();
    await page.getByRole("row", { name: /\/v1\/users/ }).first().waitFor();
    expect(await page.getByRole("link", { name: "Claves" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on web services: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", `${KEYS}?clave=nueva`, { theme, width });
            await page.getByRole("button", { name: "Crear la clave" }).waitFor();
            await expectAccessible(page);
            await page.getByRole("link", { name: "Llamadas" }).click();
            await page.getByRole("row", { name: /\/v1\/users/ }).first().click();
            await page.getByText("Lo que se le contestó").waitFor();
            await expectAccessible(page);
            await page.getByRole("link", { name: "Direcciones" }).click();
            await page.getByText("Descripción OpenAPI").waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}
