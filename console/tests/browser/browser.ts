// The browser of the tests, as people use it: found by role and name. What a page logs as an error, what the content
// security policy refuses and what leaves our origin fails the test that did it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, type Locator, type Page, chromium } from "playwright-core";
import { expect, inject } from "vitest";
import { PASSWORD, PEOPLE } from "./company";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export type Person = keyof typeof PEOPLE | "administrator";
export type Look = { width?: number; height?: number; theme?: "light" | "dark"; language?: "es" | "en" };

let browser: Promise<Browser> | undefined;

export const launch = () => (browser ??= chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] }));

export async function closeBrowser(): Promise<void> {
    await (await browser)?.close();
    browser = undefined;
}

export type Visit = { page: Page; context: BrowserContext; faults: string[]; close: () => Promise<void> };

export async function visit(url: string, { width = 1280, height = 800, theme = "light", language = "es" }: Look = {}): Promise<Visit> {
    const context = await (await launch()).newContext({ viewport: { width, height }, locale: language === "es" ? "es-CO" : "en-GB", colorScheme: theme, timezoneId: "America/Bogota", reducedMotion: "reduce" });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
    page.on("console", (message) => {
        // What a browser says of an answer other than 2xx is no fault of the page.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
        const to = new URL(request.url());
        if (!["data:", "blob:"].includes(to.protocol) && to.origin !== new URL(url).origin) faults.push(`left our origin: ${to.href}`);
    });
    return { page, context, faults, close: () => context.close() };
}

/** At the address that is wanted, with the session that the person has; by the form where a test ended that one. */
export async function signedIn(person: Person, path = "/", look: Look = {}): Promise<Visit> {
    const url = inject("url");
    const seen = await visit(url, look);
    const session = inject("sessions")[person];
    if (session) {
        const [name = "", value = ""] = session.split(/=(.*)/s);
        await seen.context.addCookies([{ name, value, url, httpOnly: true, sameSite: "Strict" }]);
    }
    await seen.page.goto(url + path);
    const form = seen.page.getByRole("textbox", { name: look.language === "en" ? "User" : "Usuario", exact: true });
    await seen.page.getByRole("navigation").first().or(form).first().waitFor();
    if (await form.isVisible() && (await seen.page.getByRole("navigation").count()) === 0) await signIn(seen.page, person, look.language);
    return seen;
}

export async function signIn(page: Page, person: Person, language: "es" | "en" = "es"): Promise<void> {
    const { login, password } = person === "administrator" ? inject("administrator") : { login: PEOPLE[person].login, password: PASSWORD };
    await page.getByRole("textbox", { name: language === "es" ? "Usuario" : "User" }).fill(login);
    await page.getByLabel(language === "es" ? "Contraseña" : "Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: language === "es" ? "Entrar" : "Sign in", exact: true }).click();
    await page.getByRole("navigation").first().waitFor();
}

/** Fails with what axe finds on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
    // In a world of its own, where the page's content security policy does not reach.
    const client = await page.context().newCDPSession(page);
    const { frameTree } = await client.send("Page.getFrameTree");
    const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    await client.send("Runtime.evaluate", { expression: AXE, contextId: executionContextId });
    const run = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((found) => JSON.stringify(found.violations.map((one) => ({ id: one.id, help: one.help, nodes: one.nodes.map((node) => node.html.slice(0, 300) + ' — ' + node.failureSummary) }))))";
    const { result } = await client.send("Runtime.evaluate", { expression: run, contextId: executionContextId, awaitPromise: true });
    expect(JSON.parse(String(result.value))).toEqual([]);
}

/** A date, or a date and a time, typed as people type it in Spanish: `29112026`, `291120261658`. */
export async function typeDigits(group: Locator, digits: string): Promise<void> {
    await group.getByRole("spinbutton").first().click();
    await group.page().keyboard.type(digits);
}
