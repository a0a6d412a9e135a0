// The frame around all pages: menu, keys, palette; on a narrow screen the menu stands below.
import { useLingui } from "@lingui/react/macro";
import { Trans } from "@lingui/react/macro";
import { Link, Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { Keyboard, Menu as MenuIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useNarrow } from "~/ui";
import { undoLast } from "~/ui/toast";
import { type Action, actionFor, useActions } from "../actions";
import { listen } from "../live";
import { type MenuItem, menuFor } from "../menu";
import { useWho } from "../session";
import { TrayCount } from "./TrayCount";
import { KeysDialog } from "./KeysDialog";
import { Mark } from "./Mark";
import { PersonMenu } from "./PersonMenu";
import { Palette, openPalette } from "./Palette";
import "./frame.css";

export function Frame() {
    const { t, i18n } = useLingui();
    const narrow = useNarrow();
    const who = useWho();
    const router = useRouter();
    const menu = menuFor(who.permissions);
    const [keysShown, showKeys] = useState(false);
    useGlobalKeys();
    useEffect(listen, [who.id]);
    const group = t`En todas partes`;
    const go = menu.flatMap((item) => item.pages.map((page) => ({ item, page })));
    useActions([
        { id: "keys", key: "?", label: t`Ver las teclas`, group, run: () => showKeys(true) },
        { id: "undo", key: "Z", label: t`Deshacer lo último`, group, run: undoLast },
        ...go.map(({ item, page }): Action => {
            const [own, above] = [i18n._(page.label), i18n._(item.label)];
            return { id: `go:${page.to}`, label: own === above ? own : `${above} › ${own}`, group: t`Ir a`, run: () => void router.navigate({ to: page.to }) };
        }),
    ]);
    return (
        <div className="app">
            <a href="#page" className="skip">
                <Trans>Saltar al contenido</Trans>
            </a>
            {!narrow && <SideMenu menu={menu} onKeys={() => showKeys(true)} />}
            <div className="main">
                <Outlet />
            </div>
            {narrow && <BottomMenu menu={menu} />}
            <KeysDialog open={keysShown} onClose={() => showKeys(false)} />
            <Palette />
        </div>
    );
}

function useGlobalKeys() {
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
                event.preventDefault();
                openPalette();
                return;
            }
            const action = actionFor(event);
            if (!action || action.reason !== undefined) return;
            event.preventDefault();
            action.run();
        };
        addEventListener("keydown", onKey);
        return () => removeEventListener("keydown", onKey);
    }, []);
}

function useIsOpen() {
    const { pathname } = useLocation();
    return (item: MenuItem) => item.pages.some((page) => pathname === page.to || pathname.startsWith(`${page.to}/`));
}

function SideMenu({ menu, onKeys }: { menu: MenuItem[]; onKeys: () => void }) {
    const { t, i18n } = useLingui();
    const who = useWho();
    const isOpen = useIsOpen();
    return (
        <nav className="nav" aria-label={t`Menú`}>
            <Link to="/" className="nav-account">
                <Mark size={24} />
                <span>
                    <b>Campo</b>
                    <small title={who.account.name}>{who.account.name}</small>
                </span>
            </Link>
            <ul className="nav-list">
                {menu.map((item) => {
                    const open = isOpen(item);
                    const alone = item.pages.length === 1 && i18n._(item.pages[0]!.label) === i18n._(item.label);
                    return (
                        <li key={item.id}>
                            {open && !alone ? (
                                <span className="nav-item is-open">
                                    <item.icon size={16} aria-hidden />
                                    <span>{i18n._(item.label)}</span>
                                </span>
                            ) : (
                                <Link to={item.pages[0]!.to} className="nav-item" activeOptions={{ includeSearch: false }}>
                                    <item.icon size={16} aria-hidden />
                                    <span>{i18n._(item.label)}</span>
                                    {item.id === "bandeja" && <TrayCount />}
                                </Link>
                            )}
                            {open && !alone && (
                                <ul className="nav-sub">
                                    {item.pages.map((page) => (
                                        <li key={page.to}>
                                            <Link to={page.to} activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "page" }}>
                                                {i18n._(page.label)}
                                            </Link>
                                        </li>
                                    ))}
                                </ul>
                            )}
                        </li>
                    );
                })}
            </ul>
            <div className="nav-foot">
                <AriaButton className="nav-item" onPress={onKeys}>
                    <Keyboard size={16} aria-hidden />
                    <span>
                        <Trans>Teclas</Trans>
                    </span>
                    <kbd aria-hidden>?</kbd>
                </AriaButton>
                <PersonMenu />
            </div>
        </nav>
    );
}

/** Four places at the thumb: the first three entries of the menu, and all of it. */
function BottomMenu({ menu }: { menu: MenuItem[] }) {
    const { t, i18n } = useLingui();
    const isOpen = useIsOpen();
    const [whole, showWhole] = useState(false);
    const { pathname } = useLocation();
    useEffect(() => showWhole(false), [pathname]);
    const first = menu.filter((item) => ["despacho", "bandeja", "jornadas"].includes(item.id));
    const near = [...first, ...menu.filter((item) => !first.includes(item))].slice(0, 3);
    return (
        <>
            {whole && (
                <div className="whole-menu" role="dialog" aria-label={t`Menú`}>
                    {menu.map((item) => (
                        <section key={item.id}>
                            <h2>{i18n._(item.label)}</h2>
                            {item.pages.map((page) => (
                                <Link key={page.to} to={page.to} className="nav-item" onClick={() => showWhole(false)}>
                                    <item.icon size={20} aria-hidden />
                                    {i18n._(page.label)}
                                </Link>
                            ))}
                        </section>
                    ))}
                    <PersonMenu />
                </div>
            )}
            <nav className="bottom-nav" aria-label={t`Menú`}>
                {near.map((item) => (
                    <Link key={item.id} to={item.pages[0]!.to} aria-current={isOpen(item) && !whole ? "page" : undefined} activeProps={{}}>
                        <item.icon size={22} aria-hidden />
                        {item.id === "bandeja" && <TrayCount />}
                        {i18n._(item.id === "despacho" ? item.pages[0]!.label : item.label)}
                    </Link>
                ))}
                <AriaButton aria-expanded={whole} onPress={() => showWhole(!whole)}>
                    <MenuIcon size={22} aria-hidden />
                    <Trans>Más</Trans>
                </AriaButton>
            </nav>
        </>
    );
}

