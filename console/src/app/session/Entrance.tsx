// What all pages before the first one share: the drawing, the name, the language.
import { Trans } from "@lingui/react/macro";
import { Languages } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Mark } from "../frame/Mark";
import { speak, useLanguage } from "../language";
import { Land } from "./Land";
import "./sign-in.css";

export function Entrance({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
    const language = useLanguage();
    useEffect(() => {
        document.title = `${title} · Campo`;
    });
    const other = language === "es" ? "en" : "es";
    return (
        <main className="login">
            <div className="land">
                <Land />
                <p>
                    <Trans>El trabajo de campo, contado como pasó.</Trans>
                </p>
            </div>
            <div className="log">
                <div className="brand">
                    <Mark size={32} />
                    Campo
                </div>
                {children}
                <div className="foot">
                    <span className="row">
                        <Languages size={15} aria-hidden />
                        {language === "es" ? "Español" : "English"}
                        <AriaButton className="link-button" lang={other} onPress={() => void speak(other)}>
                            {other === "es" ? "Español" : "English"}
                        </AriaButton>
                    </span>
                    <span className="grow" />
                    {foot}
                </div>
            </div>
        </main>
    );
}
