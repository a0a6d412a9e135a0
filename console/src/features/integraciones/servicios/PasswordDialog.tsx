// A name and a password for SOAP: made here and shown once, or one that the system has already.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { useWho } from "~/app/session";
import { Button, Dialog, ErrorSummary, PasswordField, RadioGroup, TextField } from "~/ui";
import { type Key, setPassword } from "./queries";

export function PasswordDialog({ apiKey, onClose, onSaved }: { apiKey: Key; onClose: () => void; onSaved: (set: { login: string; password?: string | null }) => void }) {
    const { t } = useLingui();
    const { account } = useWho();
    const [login, setLogin] = useState(apiKey.login ?? `${account.code}-${apiKey.code}`);
    const [own, setOwn] = useState("made");
    const [password, write] = useState("");
    const saving = useMutation({ mutationFn: () => setPassword(apiKey.id, { login: login.trim(), ...(own === "own" ? { password } : {}) }), onSuccess: onSaved });
    const problem = saving.error ? refusalOf(saving.error).problem : undefined;
    const labels = { login: t`Usuario`, password: t`Contraseña` };
    return (
        <Dialog
            title={t`Usuario y contraseña de «${apiKey.name}»`}
            open
            keep
            onClose={onClose}
            leave
            foot={
                <Button look="primary" type="submit" form="key-password" pending={saving.isPending}>
                    <Trans>Guardar</Trans>
                </Button>
            }
        >
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(saving.error, labels)} />}
            <form
                id="key-password"
                className="form"
                noValidate
                onSubmit={(event) => {
                    event.preventDefault();
                    saving.mutate();
                }}
            >
                <TextField label={labels.login} name="login" value={login} onChange={setLogin} required error={faultAt(saving.error, "login")} help={t`Único en este servidor. El de antes, si lo hay, deja de valer.`} spellCheck="false" autoFocus />
                <RadioGroup
                    label={labels.password}
                    options={[
                        { id: "made", label: t`La hace Campo`, detail: t`Se muestra una vez.` },
                        { id: "own", label: t`La que su sistema ya tiene` },
                    ]}
                    value={own}
                    onChange={setOwn}
                />
                {own === "own" && <PasswordField label={labels.password} name="password" value={password} onChange={write} required autoComplete="new-password" error={faultAt(saving.error, "password")} />}
            </form>
        </Dialog>
    );
}
