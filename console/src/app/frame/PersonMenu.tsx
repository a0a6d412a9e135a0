// Who works here: language, appearance, own account, and the way out.
import { useLingui } from "@lingui/react/macro";
import { useRouter } from "@tanstack/react-router";
import { Languages, LogOut, Moon, Sun, SunMoon, UserRound } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { Menu, type MenuAct } from "~/ui";
import { speak, useLanguage } from "../language";
import { signOut, useWho } from "../session";
import { type Theme, theme } from "../theme";

export function PersonMenu() {
    const { t } = useLingui();
    const who = useWho();
    const router = useRouter();
    const language = useLanguage();
    const now = theme.use();
    const themes: [Theme, string, MenuAct["icon"]][] = [
        ["system", t`Apariencia: como el sistema`, SunMoon],
        ["light", t`Apariencia: clara`, Sun],
        ["dark", t`Apariencia: oscura`, Moon],
    ];
    const acts: (MenuAct | "line")[] = [
        { id: "own", label: t`Mi cuenta`, icon: UserRound, run: () => void router.navigate({ to: "/ajustes/cuenta-propia" }) },
        "line",
        { id: "language", label: language === "es" ? "English" : "Español", icon: Languages, run: () => void speak(language === "es" ? "en" : "es") },
        ...themes.filter(([value]) => value !== now).map(([value, label, icon]): MenuAct => ({ id: value, label, icon, run: () => theme.set(value) })),
        "line",
        { id: "out", label: t`Salir`, icon: LogOut, run: () => void signOut() },
    ];
    return (
        <Menu
            label={who.name}
            acts={acts}
            button={
                <AriaButton className="nav-item nav-me">
                    <span className="avatar" aria-hidden>
                        {initials(who.name)}
                    </span>
                    <span>
                        {who.name}
                        <small>{who.account.name}</small>
                    </span>
                </AriaButton>
            }
        />
    );
}

function initials(name: string): string {
    const words = name.trim().split(/\s+/);
    return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
