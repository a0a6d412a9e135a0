// What all pages share that are open to everybody: the words in the drawing, and the language.
import { Trans } from "@lingui/react/macro";
import { Languages } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { speak, useLanguage } from "../language";
import { EntranceFrame } from "./EntranceFrame";

export function Entrance({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
    const language = useLanguage();
    const other = language === "es" ? "en" : "es";
    return (
        <EntranceFrame
            title={title}
            words={
                <p>
                    <Trans>El trabajo de campo, contado como pasó.</Trans>
                </p>
            }
            foot={
                <>
                    <span className="row">
                        <Languages size={15} aria-hidden />
                        {language === "es" ? "Español" : "English"}
                        <AriaButton className="link-button" lang={other} onPress={() => void speak(other)}>
                            {other === "es" ? "Español" : "English"}
                        </AriaButton>
                    </span>
                    <span className="grow" />
                    {foot}
                </>
            }
        >
            {children}
        </EntranceFrame>
    );
}
