// The entrance: the only page with a drawing.
import { Trans, useLingui } from "@lingui/react/macro";
import { Entrance } from "./Entrance";
import { SignInForm } from "./SignInForm";

export function SignInPage() {
    const { t } = useLingui();
    return (
        <Entrance
            title={t`Entrar`}
            foot={
                <a href="/entrar/olvido">
                    <Trans>¿Olvidó su contraseña?</Trans>
                </a>
            }
        >
            <SignInForm>
                <h1>
                    <Trans>Entrar</Trans>
                </h1>
            </SignInForm>
        </Entrance>
    );
}
