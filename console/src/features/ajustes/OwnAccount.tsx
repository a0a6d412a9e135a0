// One's own account: who one is, what one may do, and the password.
import { useLingui } from "@lingui/react/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Page } from "~/app/frame/Page";
import { permissionLabel } from "~/app/permissions";
import { useWho } from "~/app/session";
import { answer, api } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { Button, ErrorSummary, KeyValues, PasswordField, say } from "~/ui";

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
            <OwnPassword />
        </Page>
    );
}

function OwnPassword() {
    const { t } = useLingui();
    const [current, setCurrent] = useState("");
    const [password, setPassword] = useState("");
    const changing = useMutation({
        mutationFn: () => answer(api.PUT("/v1/session/password", { body: { current, password } })),
        onSuccess: () => {
            setCurrent("");
            setPassword("");
            say(t`Contraseña cambiada`);
        },
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        changing.mutate();
    };
    const problem = changing.error ? refusalOf(changing.error).problem : undefined;
    return (
        <section>
            <h2>
                <Trans>Contraseña</Trans>
            </h2>
            <form className="form" onSubmit={submit} noValidate>
                {problem && <ErrorSummary key={changing.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(changing.error, { current: t`Contraseña actual`, password: t`Contraseña nueva` })} />}
                <PasswordField label={t`Contraseña actual`} name="current" value={current} onChange={setCurrent} autoComplete="current-password" error={faultAt(changing.error, "current")} />
                <PasswordField
                    label={t`Contraseña nueva`}
                    name="password"
                    value={password}
                    onChange={setPassword}
                    autoComplete="new-password"
                    help={t`Al menos 8 caracteres; varias palabras valen más que signos raros. Puede pegarla.`}
                    error={faultAt(changing.error, "password")}
                />
                <div className="form-acts">
                    <Button type="submit" look="primary" pending={changing.isPending} reason={current && password ? undefined : t`Escriba las dos contraseñas.`} showReason>
                        <Trans>Cambiar la contraseña</Trans>
                    </Button>
                </div>
            </form>
        </section>
    );
}
