// The entrance: the only page with a drawing.
import { Trans } from "@lingui/react/macro";
import { useLingui } from "@lingui/react/macro";
import { Languages } from "lucide-react";
import { useEffect } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Mark } from "../frame/Mark";
import { speak, useLanguage } from "../language";
import { Land } from "./Land";
import { SignInForm } from "./SignInForm";
import "./sign-in.css";

export function SignInPage() {
    const { t } = useLingui();
    const language = useLanguage();
    useEffect(() => {
        document.title = `${t`Entrar`} · Campo`;
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
                <SignInForm>
                    <h1>
                        <Trans>Entrar</Trans>
                    </h1>
                </SignInForm>
                <div className="foot">
                    <span className="row">
                        <Languages size={15} aria-hidden />
                        {language === "es" ? "Español" : "English"}
                        <AriaButton className="link-button" lang={other} onPress={() => void speak(other)}>
                            {other === "es" ? "Español" : "English"}
                        </AriaButton>
                    </span>
                    <span className="grow" />
                    <Trans>Quien administra los usuarios puede dar una contraseña nueva.</Trans>
                </div>
            </div>
        </main>
    );
}
