// Somebody else made the password, so somebody else knows it: one's own comes before anything else.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Button } from "~/ui";
import { Mark } from "../frame/Mark";
import { signOut, useWho } from ".";
import { Land } from "./Land";
import { PasswordForm } from "./PasswordForm";
import "./sign-in.css";

export function FirstPassword() {
    const { t } = useLingui();
    const who = useWho();
    useEffect(() => {
        document.title = `${t`Elegir una contraseña propia`} · Campo`;
    });
    return (
        <main className="login">
            <div className="land">
                <Land />
            </div>
            <div className="log">
                <div className="brand">
                    <Mark size={32} />
                    Campo
                </div>
                <div className="log-middle">
                    <h1>
                        <Trans>Elegir una contraseña propia</Trans>
                    </h1>
                    <p>
                        <Trans>{who.name}, la que le dieron la conoce también quien se la dio. Cámbiela para empezar.</Trans>
                    </p>
                    <PasswordForm wide />
                </div>
                <div className="foot">
                    <Button look="quiet" onPress={() => void signOut()}>
                        <Trans>Salir</Trans>
                    </Button>
                </div>
            </div>
        </main>
    );
}
