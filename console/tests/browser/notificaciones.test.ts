// Notifications: a channel is made, tested, looked at when it fails, and mended; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { Receiver } from "./receiver";
import { Api } from "./server";

let receiver: Receiver;
let api: Api;

beforeAll(async () => {
    receiver = await Receiver.listening();
    const { login, password } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, password);
});

afterAll(async () => {
    for (const { id, version } of (await api.send<{ items: { id: string; version: number }[] }>("GET", "/v1/channels")).items) await api.send("DELETE", `/v1/channels/${id}`, undefined, { "If-Match": String(version) });
    receiver.end();
    await closeBrowser();
});

/** A change of a task, which is an event. */
async function change(number: number, description: string): Promise<void> {
    const task = await api.send<{ version: number }>("GET", `/v1/tasks/number:${number}`);
    await api.send("PATCH", `/v1/tasks/number:${number}`, { description }, { "If-Match": String(task.version) });
}

test("a channel is made by keyboard, its secret shown once, and its receiver tested", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones");
    await page.getByText("Nada sale todavía").waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre" }).fill("ERP de facturación");
    await page.keyboard.press("Tab");
    await page.keyboard.type("erp.example.com");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("textbox", { name: "Dirección que recibe" }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: "Dirección que recibe" }).fill(`${receiver.url}/in`);
    await page.keyboard.press("Enter");
    const once = page.getByRole("dialog", { name: "Secreto de «ERP de facturación»" });
    await once.waitFor();
    expect(await once.getByLabel("Secreto con el que se firma").textContent()).toMatch(/^whsec_/);
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByRole("button", { name: "Probar" }).click();
    await page.getByText("El receptor tomó la prueba").waitFor();
    expect(receiver.received.at(-1)).toMatchObject({ path: "/in" });
    expect(receiver.received.at(-1)?.body).toContain("channel.test");
    receiver.status = 422;
    receiver.answer = "el pedido 4711 está bloqueado";
    await page.getByRole("button", { name: "Probar" }).click();
    await page.getByText("El receptor no tomó la prueba").waitFor();
    await page.getByText("el pedido 4711 está bloqueado").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("what is refused is listed with the answer, without reload, and delivered once the receiver is mended", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones");
    await page.getByRole("row", { name: /ERP de facturación/ }).click();
    await page.getByText("Nada: lo que sale bien no se lista.").waitFor();
    await change(700140, "La cambió la oficina");
    const one = page.getByRole("list", { name: "Entregas" }).getByRole("listitem").filter({ hasText: "Tarea cambiada" });
    await one.getByText("El receptor contestó con el estado 422.").waitFor();
    await one.getByText("Lo que contestó").click();
    await one.getByText("el pedido 4711 está bloqueado").waitFor();
    await page.getByRole("row", { name: /ERP de facturación/ }).getByText(/se reintenta/).waitFor();
    await expectAccessible(page);
    receiver.status = 200;
    await one.getByRole("button", { name: "Reintentar" }).click();
    await page.getByText("Nada: lo que sale bien no se lista.").waitFor();
    await page.getByRole("row", { name: /ERP de facturación/ }).getByText("Al día").waitFor();
    expect(receiver.received.at(-1)?.body).toContain("La cambió la oficina");
    expect(faults).toEqual([]);
    await close();
});

test("a channel rests, its place kept, and goes on; headers go along; the secret is changed", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones");
    await page.getByRole("row", { name: /ERP de facturación/ }).click();
    await page.getByRole("button", { name: "Pausar" }).click();
    await page.getByText("en pausa: nada se pierde").waitFor();
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByText("entrega de nuevo").waitFor();
    await page.getByRole("button", { name: "Cabeceras…" }).click();
    await page.getByRole("textbox", { name: "Cabecera", exact: true }).fill("x-api-key");
    await page.getByLabel("Valor").fill("4f1c09a7");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Se envían las cabeceras x-api-key").waitFor();
    await page.getByRole("button", { name: "Probar" }).click();
    await page.getByText("El receptor tomó la prueba").waitFor();
    expect(receiver.received.at(-1)?.headers["x-api-key"]).toBe("4f1c09a7");
    await page.getByRole("button", { name: "Cambiar el secreto…" }).click();
    await page.getByRole("textbox", { name: "Horas en que valen los dos" }).fill("1000");
    await page.getByText("«1000» no sirve. Escriba horas, de 0 a 720.").first().waitFor();
    await page.getByRole("textbox", { name: "Horas en que valen los dos" }).fill("48");
    await page.getByRole("button", { name: "Hacer un secreto nuevo" }).click();
    expect(await page.getByLabel("Secreto con el que se firma").textContent()).toMatch(/^whsec_/);
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    expect(faults).toEqual([]);
    await close();
});

test("events are sent again from a number on", async () => {
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones");
    await page.getByRole("row", { name: /ERP de facturación/ }).click();
    const before = receiver.received.length;
    await page.getByRole("button", { name: "Enviar de nuevo desde…" }).click();
    await page.getByText("Un evento, por su número").click();
    const [{ position }] = (await api.send<{ items: { position: number }[] }>("GET", "/v1/events?kind=task.changed&limit=1")).items as [{ position: number }];
    await page.getByRole("textbox", { name: "Número del evento" }).fill(String(position));
    await page.getByRole("button", { name: "Seguir desde ahí" }).click();
    await page.getByText(`Sigue desde el evento ${position}`).waitFor();
    await expect.poll(() => receiver.received.length).toBeGreaterThan(before);
    expect(faults).toEqual([]);
    await close();
});

test("a receiver of OfficeTrack's document gets what it expects, and a kind can be left out", async () => {
    receiver.answer = "_OK_";
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones?canal=nuevo");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Receptor viejo");
    await page.getByRole("textbox", { name: "Dirección que recibe" }).fill(`${receiver.url}/viejo`);
    await page.getByText("XML, para sistemas que ya reciben").click();
    expect(await page.getByRole("textbox", { name: "Campo de formulario" }).inputValue()).toBe("RequestString");
    await page.getByRole("textbox", { name: "En camino" }).fill("");
    await page.getByRole("button", { name: "Crear el canal" }).click();
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    const made = await api.send<{ document: { entry_types: Record<string, number> }; acknowledgement: object }>("GET", "/v1/channels/code:receptor-viejo");
    expect(made.document.entry_types["task.en_route"]).toBeUndefined();
    expect(made.acknowledgement).toEqual({ kind: "text", text: "_OK_" });
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: "Tarea rechazada" }).fill("31");
    await page.getByRole("textbox", { name: "Formulario", exact: true }).fill("");
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Canal «Receptor viejo» guardado").waitFor();
    const changed = await api.send<{ document: { entry_types: Record<string, number> } }>("GET", "/v1/channels/code:receptor-viejo");
    expect(changed.document.entry_types).toMatchObject({ "task.decline": 31 });
    expect(changed.document.entry_types.form).toBeUndefined();
    await page.getByRole("button", { name: "Probar" }).click();
    await page.getByText("El receptor tomó la prueba").waitFor();
    expect(receiver.received.at(-1)?.body).toMatch(/^RequestString=/);
    await page.getByRole("button", { name: "Quitar…" }).click();
    await page.getByRole("button", { name: "Quitar el canal" }).click();
    await page.getByText("Canal «Receptor viejo» quitado").waitFor();
    await expect.poll(() => page.getByRole("row", { name: /Receptor viejo/ }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

test("a channel to a folder: what has no place is refused, and each event is a file that the system takes", async () => {
    const key = await api.send<{ id: string }>("POST", "/v1/keys", { code: "eventos", name: "Sistema de eventos", permissions: ["use_file_exchange"] });
    const { page, faults, close } = await signedIn("administrator", "/integraciones/notificaciones?canal=nuevo");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Eventos en archivos");
    await page.getByRole("radio", { name: /^A una carpeta/ }).press(" ");
    expect(await page.getByRole("textbox", { name: "Dirección que recibe" }).count()).toBe(0);
    await page.getByRole("button", { name: "Crear el canal" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: /En la carpeta de$/ }).and(page.locator(".inp")).click();
    await page.getByRole("option", { name: "Sistema de eventos" }).click();
    await page.getByRole("textbox", { name: /^Carpeta/ }).fill("eventos");
    await page.getByRole("textbox", { name: "Nombre de los archivos" }).fill("siempre-igual.json");
    await page.getByRole("button", { name: "Crear el canal" }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "Nombre de los archivos" }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("textbox", { name: "Nombre de los archivos" }).fill("evento_{n}.json");
    await page.getByRole("button", { name: "Crear el canal" }).click();
    await page.getByText("Canal «Eventos en archivos» creado").waitFor();
    // Nobody verifies a file: there is no secret and no header to be kept.
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Cabeceras…" }).count()).toBe(0);
    await page.getByRole("row", { name: "Eventos en archivos" }).getByText("out/eventos de «Sistema de eventos»").waitFor();
    await page.getByRole("complementary").getByText("evento_{n}.json").waitFor();
    await page.getByRole("button", { name: "Probar" }).click();
    await page.getByText("La prueba está en su carpeta").waitFor();
    await change(700141, "Sale como archivo");
    await page.getByRole("row", { name: "Eventos en archivos" }).getByText("Al día").waitFor();
    expect(await api.send("GET", "/v1/channels/code:eventos-en-archivos")).toMatchObject({ kind: "folder", folder: { key: key.id, folder: "eventos" } });
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: /^Carpeta/ }).fill("otros");
    expect(await page.getByRole("radio", { name: /^A una carpeta/ }).count()).toBe(0);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByRole("row", { name: "Eventos en archivos" }).getByText("out/otros").waitFor();
    // Its key is removed: what happens now stays, and its list says why.
    await api.send("DELETE", `/v1/keys/${key.id}`, undefined, { "If-Match": "1" });
    await change(700141, "Ya no hay dónde");
    await page.getByRole("list", { name: "Entregas" }).getByText("La carpeta de destino ya no existe").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may not manage notifications neither sees the menu nor gets in by the address", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/integraciones/notificaciones");
    await page.getByText("«Administrar notificaciones»").waitFor();
    expect(await page.getByRole("link", { name: "Notificaciones" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on notifications: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", "/integraciones/notificaciones", { theme, width, language: width === 390 ? "en" : "es" });
            await page.getByRole("row", { name: /ERP de facturación/ }).click();
            await page.getByRole("complementary").waitFor();
            await expectAccessible(page);
            await page.keyboard.press("e");
            await page.getByRole("textbox", { name: width === 390 ? "Address that receives" : "Dirección que recibe" }).waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}
