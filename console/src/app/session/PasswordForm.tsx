// One's own password, old and new.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { Button, ErrorSummary, PasswordField, say } from "~/ui";
import { changePassword, useWho } from ".";

export function PasswordForm({ wide }: { wide?: boolean }) {
    const { t } = useLingui();
    const who = useWho();
    const [current, setCurrent] = useState("");
    const [password, setPassword] = useState("");
    const changing = useMutation({
        mutationFn: () => changePassword(who, current, password),
        onSuccess: () => {
            setCurrent("");
            setPassword("");
            say(t`Contraseña cambiada; las otras sesiones terminaron`);
        },
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        changing.mutate();
    };
    const problem = changing.error ? refusalOf(changing.error).problem : undefined;
    return (
        <form className="form" onSubmit={submit} noValidate>
            {problem && <ErrorSummary key={changing.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(changing.error, { current: t`Contraseña actual`, password: t`Contraseña nueva` })} />}
            <PasswordField label={t`Contraseña actual`} name="current" value={current} onChange={setCurrent} autoComplete="current-password" error={faultAt(changing.error, "current")} />
            <PasswordField label={t`Contraseña nueva`} name="password" value={password} onChange={setPassword} autoComplete="new-password" help={t`Al menos 8 caracteres; varias palabras valen más que signos raros. Puede pegarla.`} error={faultAt(changing.error, "password")} />
            <div className="form-acts">
                <Button type="submit" look="primary" wide={wide} pending={changing.isPending} reason={current && password ? undefined : t`Escriba las dos contraseñas.`} showReason>
                    <Trans>Cambiar la contraseña</Trans>
                </Button>
            </div>
        </form>
    );
}
