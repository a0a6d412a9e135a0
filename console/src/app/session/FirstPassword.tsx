// Somebody else made the password, so somebody else knows it: one's own comes before anything else.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "~/ui";
import { signOut, useWho } from ".";
import { EntranceFrame } from "./EntranceFrame";
import { PasswordForm } from "./PasswordForm";

export function FirstPassword() {
    const { t } = useLingui();
    const who = useWho();
    return (
        <EntranceFrame
            title={t`Elegir una contraseña propia`}
            foot={
                <Button look="quiet" onPress={() => void signOut()}>
                    <Trans>Salir</Trans>
                </Button>
            }
        >
            <div className="log-middle">
                <h1>
                    <Trans>Elegir una contraseña propia</Trans>
                </h1>
                <p>
                    <Trans>{who.name}, la que le dieron la conoce también quien se la dio. Cámbiela para empezar.</Trans>
                </p>
                <PasswordForm wide />
            </div>
        </EntranceFrame>
    );
}
