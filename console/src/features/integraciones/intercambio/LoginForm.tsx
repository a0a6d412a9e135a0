// A new log-in: a name, for what, and how it proves itself. It cannot be changed later, only removed and made anew.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { idempotencyKey, type Schemas } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { useWho } from "~/app/session";
import { linesOf } from "~/app/words";
import { Button, Checkbox, Drawer, ErrorSummary, Note, PasswordField, RadioGroup, Select, say, TextArea, TextField } from "~/ui";
import { useDraft } from "~/ui/useDraft";
import { keysQuery, makeLogin } from "./queries";

type Made = Schemas["CreatedExchangeLogin"];
type Draft = { key: string; login: string; sftp: boolean; ftp: boolean; plain: boolean; networks: string; proof: "made" | "own" | "keys"; sshKeys: string };
const START: Draft = { key: "", login: "", sftp: true, ftp: false, plain: false, networks: "", proof: "made", sshKeys: "" };

const bodyOf = (draft: Draft, password: string): Schemas["ExchangeLoginDraft"] => ({
    login: draft.login.trim(),
    purposes: draft.plain ? ["ftp"] : [...(draft.ftp ? (["ftp"] as const) : []), ...(draft.sftp ? (["sftp"] as const) : [])],
    plain_ftp: draft.plain,
    networks: linesOf(draft.networks),
    ...(draft.proof === "own" ? { password } : {}),
    ssh_keys: draft.plain
        ? []
        : draft.sshKeys
              .split("\n")
              .map((line) => line.trim())
              .filter(Boolean)
              .map((public_key) => ({ public_key })),
});

export function LoginForm({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
    const { t } = useLingui();
    const { account } = useWho();
    const keys = useQuery(keysQuery());
    const usable = (keys.data ?? []).filter((key) => key.permissions?.includes("use_file_exchange"));
    const [draft, keep, forget] = useDraft<Draft>("exchange-login", START);
    const [password, setPassword] = useState("");
    const [once] = useState(idempotencyKey);
    const set = (change: Partial<Draft>) => keep({ ...draft, ...change });
    const making = useMutation({
        mutationFn: () => makeLogin(draft.key, bodyOf(draft, password), once),
        onSuccess: async (made) => {
            forget();
            await queries.invalidateQueries({ queryKey: ["keys", "logins"] });
            say(t`Acceso «${made.login}» creado`);
            onMade(made);
        },
    });
    const at = (field: string) => faultAt(making.error, field);
    const problem = making.error ? refusalOf(making.error).problem : undefined;
    const labels: Record<string, string> = { key: t`Clave`, login: t`Usuario`, password: t`Contraseña`, purposes: t`Para qué`, networks: t`Redes`, ssh_keys: t`Claves SSH públicas` };
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (draft.key && !making.isPending) making.mutate();
    };
    return (
        <Drawer
            subject="new"
            title={t`Nuevo acceso`}
            onClose={onClose}
            foot={
                <>
                    <Button look="primary" type="submit" form="login-form" pending={making.isPending} reason={draft.key ? undefined : t`Elija antes una clave.`}>
                        <Trans>Crear el acceso</Trans>
                    </Button>
                    <Button
                        onPress={() => {
                            forget();
                            onClose();
                        }}
                    >
                        <Trans>Descartar</Trans>
                    </Button>
                </>
            }
        >
            {problem && <ErrorSummary key={making.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(making.error, labels)} />}
            {keys.data && usable.length === 0 && (
                <Note kind="wait">
                    <Trans>Ninguna clave puede intercambiar archivos todavía. Dé a una el permiso «Intercambiar archivos».</Trans>{" "}
                    <Link to="/integraciones/servicios-web" className="link">
                        <Trans>Ver las claves</Trans>
                    </Link>
                </Note>
            )}
            <form id="login-form" className="form" onSubmit={submit} noValidate>
                <Select label={labels.key!} name="key" options={usable.map(({ id, name, code }) => ({ id, label: name, detail: code }))} value={draft.key || null} onChange={(key) => set({ key, login: draft.login || `${account.code}-${usable.find(({ id }) => id === key)?.code ?? ""}` })} required help={t`Sus carpetas son las de la clave.`} />
                <TextField label={labels.login!} name="login" value={draft.login} onChange={(login) => set({ login })} required error={at("login")} help={t`Único en este servidor.`} spellCheck="false" />
                <fieldset>
                    <legend>{labels.purposes}</legend>
                    <Checkbox name="purposes" selected={draft.sftp && !draft.plain} disabled={draft.plain} onChange={(sftp) => set({ sftp })}>
                        SFTP
                    </Checkbox>
                    <Checkbox selected={draft.ftp || draft.plain} disabled={draft.plain} onChange={(ftp) => set({ ftp })}>
                        <Trans>FTP con TLS</Trans>
                    </Checkbox>
                    <Checkbox selected={draft.plain} onChange={(plain) => set({ plain, proof: plain && draft.proof === "keys" ? "made" : draft.proof })} help={t`Solo para programas viejos, y solo desde redes nombradas: quien esté en medio lo lee todo.`}>
                        <Trans>FTP sin cifrar</Trans>
                    </Checkbox>
                    {at("purposes") && <Note kind="refused">{at("purposes")}</Note>}
                    {at("plain_ftp") && <Note kind="refused">{at("plain_ftp")}</Note>}
                </fieldset>
                <TextArea label={labels.networks!} name="networks" value={draft.networks} onChange={(networks) => set({ networks })} optional={!draft.plain} required={draft.plain} rows={2} placeholder="192.0.2.0/24" error={at("networks")} help={t`Una por línea. Vacío: las de la clave.`} spellCheck="false" />
                <RadioGroup
                    label={t`Cómo prueba quién es`}
                    options={[
                        { id: "made", label: t`Contraseña que hace Campo`, detail: t`Se muestra una vez.` },
                        { id: "own", label: t`Contraseña que su sistema ya tiene` },
                        ...(draft.plain ? [] : [{ id: "keys", label: t`Solo claves SSH`, detail: t`Para SFTP, sin contraseña.` }]),
                    ]}
                    value={draft.proof}
                    onChange={(proof) => set({ proof: proof as Draft["proof"] })}
                />
                {draft.proof === "own" && <PasswordField label={labels.password!} name="password" value={password} onChange={setPassword} required autoComplete="new-password" error={at("password")} />}
                {!draft.plain && draft.proof !== "made" && <TextArea label={labels.ssh_keys!} name="ssh_keys" value={draft.sshKeys} onChange={(sshKeys) => set({ sshKeys })} optional={draft.proof !== "keys"} rows={3} placeholder="ssh-ed25519 AAAA… erp@empresa" error={at("ssh_keys")} help={t`Una por línea, como en id_ed25519.pub.`} spellCheck="false" />}
            </form>
        </Drawer>
    );
}
