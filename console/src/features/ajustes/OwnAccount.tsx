// One's own account: who one is, what one may do, the password, the address, and where one is signed in.
import { Trans, useLingui } from "@lingui/react/macro";
import { Page } from "~/app/frame/Page";
import { permissionLabel } from "~/app/permissions";
import { useWho } from "~/app/session";
import { PasswordForm } from "~/app/session/PasswordForm";
import { KeyValues } from "~/ui";
import { OwnEmail } from "./OwnEmail";
import { OwnSessions } from "./OwnSessions";

export function OwnAccount() {
    const { t } = useLingui();
    const who = useWho();
    return (
        <Page section={t`Ajustes`} title={t`Mi cuenta`} className="page-text">
            <section>
                <h2>{who.name}</h2>
                <KeyValues
                    facts={[
                        [t`Empresa`, `${who.account.name} (${who.account.code})`],
                        [t`Zona horaria`, who.account.zone],
                        [t`Permisos`, who.permissions.map(permissionLabel).join(" · ")],
                    ]}
                />
            </section>
            <section>
                <h2>
                    <Trans>Contraseña</Trans>
                </h2>
                <PasswordForm />
            </section>
            <OwnEmail />
            <OwnSessions />
        </Page>
    );
}
