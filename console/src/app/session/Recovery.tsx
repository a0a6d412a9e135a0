// What is done without being signed in: asking for a link, choosing a password by it, confirming an address. What a link
// holds stands behind `#`, which no server is sent, and leaves the address as soon as the page is there.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { answer, api } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { Button, ErrorSummary, Note, PasswordField, TextField } from "~/ui";
import { Entrance } from "./Entrance";

/** The page of this address, where it is one of these. */
export function RecoveryPage({ path }: { path: string }) {
    if (path === "/entrar/clave") return <NewPassword />;
    if (path === "/entrar/correo") return <ConfirmEmail />;
    if (path === "/entrar/destinatario") return <ConfirmRecipient />;
    return <Forgotten />;
}

function ToSignIn() {
    return (
        <a href="/">
            <Trans>Entrar</Trans>
        </a>
    );
}

/** The token of the link; the address forgets it, so that no history keeps it. */
function useToken(): string {
    const [token] = useState(() => decodeURIComponent(location.hash.slice(1)).trim());
    useEffect(() => history.replaceState(null, "", location.pathname), []);
    return token;
}

function Forgotten() {
    const { t } = useLingui();
    const [login, setLogin] = useState("");
    const [tried, setTried] = useState(false);
    const asking = useMutation({ mutationFn: () => answer(api.POST("/v1/password-reset", { body: { login: login.trim() } })) });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        setTried(true);
        if (login.trim()) asking.mutate();
    };
    const problem = asking.error ? refusalOf(asking.error).problem : undefined;
    return (
        <Entrance title={t`¿Olvidó su contraseña?`} foot={<ToSignIn />}>
            <form onSubmit={submit} noValidate>
                <h1>
                    <Trans>¿Olvidó su contraseña?</Trans>
                </h1>
                {problem && <ErrorSummary key={asking.submittedAt} title={problem.title} detail={problem.detail} />}
                {asking.isSuccess ? (
                    <Note kind="good" alert>
                        <Trans>Si hay un usuario con ese nombre y su correo está confirmado, recibe un enlace para elegir otra contraseña. Sirve una vez, durante una hora.</Trans>
                    </Note>
                ) : (
                    <>
                        <p>
                            <Trans>Le mandamos un enlace a su correo, si lo confirmó antes.</Trans>
                        </p>
                        <TextField label={t`Usuario`} name="login" value={login} onChange={setLogin} autoComplete="username" spellCheck="false" autoFocus required error={tried && !login.trim() ? t`Escriba su nombre de usuario.` : undefined} />
                        <Button type="submit" look="primary" wide pending={asking.isPending}>
                            <Trans>Mandar el enlace</Trans>
                        </Button>
                    </>
                )}
                <p className="dim">
                    <Trans>Quien administra los usuarios de su empresa también puede darle una contraseña nueva.</Trans>
                </p>
            </form>
        </Entrance>
    );
}

function NewPassword() {
    const { t } = useLingui();
    const token = useToken();
    const [password, setPassword] = useState("");
    const setting = useMutation({ mutationFn: () => answer(api.PUT("/v1/password-reset", { body: { token, password } })) });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (password) setting.mutate();
    };
    const problem = setting.error ? refusalOf(setting.error).problem : undefined;
    return (
        <Entrance title={t`Elegir una contraseña nueva`} foot={<ToSignIn />}>
            <form onSubmit={submit} noValidate>
                <h1>
                    <Trans>Elegir una contraseña nueva</Trans>
                </h1>
                {problem && <ErrorSummary key={setting.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(setting.error, { password: t`Contraseña nueva` })} />}
                {setting.isSuccess ? (
                    <Note kind="good" alert>
                        <Trans>Contraseña cambiada; las sesiones que había terminaron.</Trans> <ToSignIn />
                    </Note>
                ) : token === "" ? (
                    <NoToken />
                ) : (
                    <>
                        <PasswordField label={t`Contraseña nueva`} name="password" value={password} onChange={setPassword} autoComplete="new-password" autoFocus help={t`Al menos 8 caracteres; varias palabras valen más que signos raros. Puede pegarla.`} error={faultAt(setting.error, "password")} />
                        <Button type="submit" look="primary" wide pending={setting.isPending} reason={password ? undefined : t`Escriba la contraseña.`} showReason>
                            <Trans>Cambiar la contraseña</Trans>
                        </Button>
                    </>
                )}
                {problem?.code === "link_invalid" && (
                    <p>
                        <a href="/entrar/olvido">
                            <Trans>Pedir otro enlace</Trans>
                        </a>
                    </p>
                )}
            </form>
        </Entrance>
    );
}

type ConfirmationProps = {
    title: string;
    foot?: ReactNode;
    /** What is read once it is done. */
    done: ReactNode;
    /** What is written on the button. */
    accept: ReactNode;
    confirm: (token: string) => Promise<unknown>;
};

/** Behind a link of a mail. Not by itself: programs that look through mail open what they find in it. */
function Confirmation({ title, foot, done, accept, confirm }: ConfirmationProps) {
    const token = useToken();
    const confirming = useMutation({ mutationFn: () => confirm(token) });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        confirming.mutate();
    };
    const problem = confirming.error ? refusalOf(confirming.error).problem : undefined;
    return (
        <Entrance title={title} foot={foot}>
            <form onSubmit={submit} noValidate>
                <h1>{title}</h1>
                {problem && <ErrorSummary key={confirming.submittedAt} title={problem.title} detail={problem.detail} />}
                {confirming.isSuccess ? (
                    <Note kind="good" alert>
                        {done}
                    </Note>
                ) : token === "" ? (
                    <NoToken />
                ) : (
                    <Button type="submit" look="primary" wide pending={confirming.isPending}>
                        {accept}
                    </Button>
                )}
            </form>
        </Entrance>
    );
}

function ConfirmEmail() {
    const { t } = useLingui();
    return (
        <Confirmation
            title={t`Confirmar el correo`}
            foot={<ToSignIn />}
            done={
                <>
                    <Trans>Correo confirmado: ahí llegan los avisos, y un enlace si olvida su contraseña.</Trans> <ToSignIn />
                </>
            }
            accept={<Trans>Este correo es mío</Trans>}
            confirm={(token) => answer(api.PUT("/v1/email-confirmation", { body: { token } }))}
        />
    );
}

/** Whoever gets the mails of a channel need be nobody who signs in. */
function ConfirmRecipient() {
    const { t } = useLingui();
    return (
        <Confirmation
            title={t`Recibir correos de Campo`}
            done={<Trans>Confirmado: desde ahora se le envían los correos. Para que terminen, pídalo a la empresa que los envía.</Trans>}
            accept={<Trans>Quiero recibirlos</Trans>}
            confirm={(token) => answer(api.PUT("/v1/recipient-confirmation", { body: { token } }))}
        />
    );
}

function NoToken() {
    return (
        <Note kind="late">
            <Trans>A esta dirección le falta el código. Abra otra vez el enlace del correo, entero.</Trans>
        </Note>
    );
}
