// Name and password, and what went wrong in the reader's words.
import { useLingui } from "@lingui/react/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { refusalOf } from "~/api/problem";
import { Button, ErrorSummary, Note, PasswordField, TextField } from "~/ui";
import { signIn } from ".";

/** `known` is the name of whoever was signed in here until now. */
export function SignInForm({ known = "", children }: { known?: string; children?: React.ReactNode }) {
    const { t } = useLingui();
    const [login, setLogin] = useState(known);
    const [password, setPassword] = useState("");
    const [tried, setTried] = useState(false);
    const entering = useMutation({ mutationFn: () => signIn(login.trim(), password) });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        setTried(true);
        if (login.trim() && password) entering.mutate();
    };
    return (
        <form onSubmit={submit} noValidate>
            {children}
            {!isProtected() && <Unprotected />}
            {entering.isError && <ErrorSummary key={entering.submittedAt} title={t`No se pudo entrar.`} detail={refusalOf(entering.error).problem.detail} />}
            <TextField label={t`Usuario`} name="login" value={login} onChange={setLogin} autoComplete="username" spellCheck="false" autoFocus={!known} required error={tried && !login.trim() ? t`Escriba su nombre de usuario.` : undefined} />
            <PasswordField label={t`Contraseña`} name="password" value={password} onChange={setPassword} autoComplete="current-password" autoFocus={known !== ""} required error={tried && !password ? t`Escriba su contraseña.` : undefined} />
            <Button type="submit" look="primary" wide pending={entering.isPending}>
                <Trans>Entrar</Trans>
            </Button>
        </form>
    );
}

function isProtected(): boolean {
    return location.protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}

function Unprotected() {
    return (
        <Note kind="late" alert>
            <b>
                <Trans>Esta página llegó sin cifrar.</Trans>
            </b>{" "}
            <Trans>
                Quien esté en la misma red puede leer la contraseña. Pida a quien administra el servidor que ponga delante un proxy con TLS y que escriba su dirección en <code>public_url</code> (hay un ejemplo en la
                referencia de la configuración).
            </Trans>
        </Note>
    );
}
