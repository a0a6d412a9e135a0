// Sessions of browsers: what ends one, what survives, and what other sites, scripts and windows cannot do.
import { createServer } from "node:http";
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn, signIn, visit } from "./browser";
import { FIRST_PASSWORD, PASSWORD, PEOPLE } from "./company";

afterAll(closeBrowser);

test("whoever was given a password chooses one of their own before anything else", async () => {
    const { page, faults, close } = await visit(inject("url"));
    await page.goto(`${inject("url")}/tablero`);
    await page.getByRole("textbox", { name: "Usuario" }).fill(PEOPLE.newcomer.login);
    await page.getByLabel("Contraseña", { exact: true }).fill(FIRST_PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Elegir una contraseña propia" }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    await expectAccessible(page);
    await page.getByLabel("Contraseña actual", { exact: true }).fill(FIRST_PASSWORD);
    await page.getByLabel("Contraseña nueva", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Cambiar la contraseña" }).click();
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a reload keeps the session, and no script can read what it is", async () => {
    const { page, context, close } = await signedIn("dispatcher", "/tablero");
    await page.reload();
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain("campo_1_s");
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    await close();
});

test("a session that ends over a form keeps what was typed, and goes on after the password", async () => {
    const { page, context, faults, close } = await signedIn("dispatcher", "/tablero?tarea=nueva");
    await page.getByRole("textbox", { name: "Cliente" }).fill("Sesión terminada en medio");
    await context.clearCookies();
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByRole("dialog", { name: "Su sesión terminó" }).waitFor();
    await expectAccessible(page);
    await signIn(page, "dispatcher");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.getByRole("textbox", { name: "Cliente" }).inputValue()).toBe("Sesión terminada en medio");
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByText(/Tarea \d+ creada/).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("one sees one's own sessions and ends another", async () => {
    // With a session of its own: tests share one
    const other = await signedIn("dispatcher", "/tablero");
    await other.context.clearCookies();
    await other.page.reload();
    await signIn(other.page, "dispatcher");
    const { page, close } = await signedIn("dispatcher", "/ajustes/cuenta-propia");
    const sessions = page.getByRole("list", { name: "Sesiones abiertas" }).getByRole("listitem");
    await sessions.filter({ hasText: "esta" }).waitFor();
    const before = await sessions.count();
    expect(before).toBeGreaterThan(1);
    for (let left = before; left > 1; left -= 1) {
        await sessions.getByRole("button", { name: "Terminar" }).first().click();
        await expect.poll(() => sessions.count()).toBe(left - 1);
    }
    await other.page.getByRole("dialog", { name: "Su sesión terminó" }).waitFor({ timeout: 15_000 });
    await close();
    await other.close();
});

test("a page of another site reads nothing and does nothing with the session", async () => {
    const { context, close } = await signedIn("dispatcher", "/tablero");
    const evil = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "text/html" }).end("<title>otra</title>"));
    await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
    const address = evil.address();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`);
    const outcomes = await page.evaluate(async (url) => {
        const attempt = async (path: string, options: RequestInit) => {
            try {
                const answer = await fetch(url + path, { credentials: "include", ...options });
                return `${answer.type} ${answer.status}`;
            } catch {
                return "refused";
            }
        };
        return [await attempt("/v1/tasks", {}), await attempt("/v1/session", { method: "DELETE", mode: "no-cors" }), await attempt("/v1/tasks", { method: "POST", mode: "no-cors", body: "{}" })];
    }, inject("url"));
    expect(outcomes[0]).toBe("refused");
    // What a browser sends without asking was not believed: the session is still there.
    const still = await context.newPage();
    await still.goto(`${inject("url")}/tablero`);
    await still.getByRole("heading", { name: "Tablero" }).waitFor();
    evil.close();
    await close();
});

test("neither scripts nor frames get in where the policy says none", async () => {
    const { page, close } = await signedIn("dispatcher", "/tablero");
    const refused = await page.evaluate(async () => {
        const violations: string[] = [];
        document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.broken = true";
        document.body.append(script);
        const image = document.createElement("img");
        image.src = "https://example.com/x.png";
        document.body.append(image);
        const text = document.createElement("div");
        text.innerHTML = '<img src="x" onerror="window.broken = true">';
        document.body.append(text);
        await fetch("https://example.com/").catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { violations, broken: "broken" in window };
    });
    expect(refused.broken).toBe(false);
    expect(refused.violations).toEqual(expect.arrayContaining(["script-src-elem", "img-src", "connect-src", "script-src-attr"]));
    await close();
});

test("a customer's name that is markup is shown as it is", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/tablero?tarea=nueva");
    const name = `<img src=x onerror="alert(1)"> ‮عربى ${"muy largo ".repeat(12)}`.trim();
    await page.getByRole("textbox", { name: "Cliente" }).fill(name);
    await page.getByRole("button", { name: "Crear la tarea" }).click();
    await page.getByText(/Tarea \d+ creada/).waitFor();
    await page.getByRole("complementary").getByRole("heading", { level: 2 }).filter({ hasText: "<img src=x" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("whoever forgot a password is told what there is: a link, or somebody who can set another one", async () => {
    const { page, faults, close } = await visit(inject("url"));
    await page.goto(`${inject("url")}/tablero`);
    await page.getByRole("link", { name: "¿Olvidó su contraseña?" }).click();
    await page.getByRole("heading", { name: "¿Olvidó su contraseña?" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("textbox", { name: "Usuario" }).fill(PEOPLE.dispatcher.login);
    await page.getByRole("button", { name: "Mandar el enlace" }).click();
    await page.getByText("Este servidor no envía correo, por lo que no se puede mandar ningún enlace").waitFor();
    expect(faults.filter((fault) => !fault.includes("409"))).toEqual([]);
    await close();
});

test("a link that is none is refused, and its code stays in no address", async () => {
    const { page, close } = await visit(inject("url"));
    await page.goto(`${inject("url")}/entrar/clave`);
    await page.getByText("A esta dirección le falta el código").waitFor();
    await page.goto(`${inject("url")}/entrar/correo#x`);
    await page.getByRole("button", { name: "Este correo es mío" }).click();
    await page.getByText("El enlace es incorrecto, ya se usó o venció").waitFor();
    await page.goto("about:blank");
    await page.goto(`${inject("url")}/entrar/clave#x`);
    await page.getByLabel("Contraseña nueva", { exact: true }).fill("lago verde sin peces 31");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Cambiar la contraseña" }).click();
    await page.getByText("El enlace es incorrecto, ya se usó o venció").waitFor();
    expect(page.url()).toBe(`${inject("url")}/entrar/clave`);
    await close();
});

test("one's own address is kept where the server sends no mail, and the page says so", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/ajustes/cuenta-propia");
    await page.getByRole("textbox", { name: "Correo" }).fill("despacho@andina.example");
    const form = page.locator("form").filter({ has: page.getByRole("textbox", { name: "Correo" }) });
    await form.getByLabel("Contraseña actual", { exact: true }).fill(PASSWORD);
    await form.getByRole("button", { name: "Guardar el correo" }).click();
    await page.getByText("sin confirmar: este servidor no envía correo").waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await close();
});
