// One key: what its system may do, from where, until when; its secret, its name and password for SOAP, its calls.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { useFormat } from "~/app/format";
import { permissionGroups, permissionHelp } from "~/app/permissionGroups";
import { permissionLabel } from "~/app/permissions";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { type Permission, useMay, useWho } from "~/app/session";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, Note, Select, say, TextArea, TextField } from "~/ui";
import { DateTimeField } from "~/ui/DateTimeField";
import { RotateDialog } from "../RotateDialog";
import { type KeyDraft, keyBody, keyDraft } from "./draft";
import { KeyState, type Secrets } from "./Keys";
import { PasswordDialog } from "./PasswordDialog";
import { type Key, changeKey, makeKey, oneKey, removeKey, removePassword, rotateKey } from "./queries";
import { CALLS } from "./routes";

type Props = { apiKey?: Key; onClose: () => void; onOpen: (id: string) => void; onSecret: (secrets: Secrets) => void };
const again = () => queries.invalidateQueries({ queryKey: ["keys"] });

export function KeyDrawer({ apiKey, onClose, onOpen, onSecret }: Props) {
    const { t } = useLingui();
    const { account } = useWho();
    const editing = useEditing<KeyDraft, Key>({
        place: `key:${apiKey?.id ?? "new"}`,
        object: apiKey,
        draftOf: keyDraft(account.zone),
        versionOf: (key) => key.version,
        bodyOf: keyBody(account.zone),
        create: makeKey,
        change: (changes, version) => changeKey(apiKey?.id ?? "", changes, version),
        again: () => oneKey(apiKey?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(apiKey ? t`Clave «${saved.name}» guardada` : t`Clave «${saved.name}» creada`);
            if ("secret" in saved) onSecret({ title: t`Secreto de «${saved.name}»`, secrets: [{ label: t`Secreto`, value: String(saved.secret) }] });
            if (!apiKey) onOpen(saved.id);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, permissions: t`Permisos`, networks: t`Redes`, expires_at: t`Termina`, token_rule: t`Ficha de WS-Security`, state: t`Acceso` };
    return (
        <Drawer
            subject={apiKey?.id ?? "new"}
            title={apiKey?.name ?? t`Nueva clave`}
            top={
                apiKey && (
                    <>
                        <KeyState apiKey={apiKey} pill />
                        <span className="id">{apiKey.code}</span>
                    </>
                )
            }
            onClose={onClose}
            foot={<EditActs form="key-form" editing={editing} label={apiKey ? undefined : t`Crear la clave`} onDiscard={apiKey && !editing.changed ? undefined : apiKey ? () => undefined : onClose} />}
        >
            {apiKey && <Access apiKey={apiKey} onSecret={onSecret} />}
            <EditForm id="key-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} help={apiKey ? undefined : t`El sistema que la usa, por ejemplo «Facturación».`} autoFocus={!apiKey} />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!apiKey} help={t`Con el que otros sistemas la nombran.`} spellCheck="false" />
                <Permissions held={draft.permissions} onChange={(permissions) => set({ permissions })} problem={errorAt("permissions")} />
                <TextArea label={labels.networks!} name="networks" value={draft.networks} onChange={(networks) => set({ networks })} error={errorAt("networks")} optional rows={2} placeholder="192.0.2.0/24" help={t`Una por línea. Vacío: desde cualquier parte.`} spellCheck="false" />
                <DateTimeField label={labels.expires_at!} name="expires_at" value={draft.ends} onChange={(ends) => set({ ends })} error={errorAt("expires_at")} optional help={t`Vacío: no termina.`} />
                <Select
                    label={labels.token_rule!}
                    name="token_rule"
                    options={[
                        { id: "allowed", label: t`Como quiera el sistema`, detail: t`Usuario y contraseña en el cuerpo o en la ficha.` },
                        { id: "required", label: t`Siempre con ficha`, detail: "UsernameToken" },
                        { id: "off", label: t`Nunca`, detail: t`Usuario y contraseña van en el cuerpo.` },
                    ]}
                    value={draft.tokenRule}
                    onChange={(rule) => set({ tokenRule: rule as KeyDraft["tokenRule"] })}
                    error={errorAt("token_rule")}
                    help={t`Solo para SOAP.`}
                />
                <Checkbox name="state" selected={draft.enabled} onChange={(enabled) => set({ enabled })} help={t`Sin marcar, su sistema queda fuera enseguida.`}>
                    <Trans>La clave tiene acceso</Trans>
                </Checkbox>
            </EditForm>
            {apiKey && <Removal apiKey={apiKey} onClose={onClose} />}
        </Drawer>
    );
}

/** What a system may do; nobody gives what they do not hold. */
function Permissions({ held, onChange, problem }: { held: Permission[]; onChange: (permissions: Permission[]) => void; problem?: string }) {
    const { t } = useLingui();
    const own = useWho().permissions;
    const toggle = (permission: Permission, on: boolean) => onChange((on ? [...held, permission] : held.filter((each) => each !== permission)).sort());
    return (
        <>
            {problem && <Note kind="refused">{problem}</Note>}
            {permissionGroups().map((group) => (
                <fieldset key={group.id} className="permissions">
                    <legend>{group.label}</legend>
                    {group.permissions.map((permission) => {
                        const lacks = !own.includes(permission) && !held.includes(permission);
                        return (
                            <Checkbox key={permission} name="permissions" selected={held.includes(permission)} disabled={lacks} onChange={(on) => toggle(permission, on)} help={lacks ? t`Usted no lo tiene, así que no lo puede dar.` : permissionHelp(permission)}>
                                {permissionLabel(permission)}
                            </Checkbox>
                        );
                    })}
                </fieldset>
            ))}
        </>
    );
}

/** With what it gets in, and what it did. */
function Access({ apiKey, onSecret }: { apiKey: Key; onSecret: (secrets: Secrets) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const mayCalls = useMay("view_calls");
    const [asked, ask] = useState<"rotate" | "password" | "forget" | null>(null);
    const forgetting = useMutation({
        mutationFn: () => removePassword(apiKey.id),
        onSuccess: async () => {
            say(t`«${apiKey.name}» ya no entra por SOAP`);
            await again();
        },
        onSettled: () => ask(null),
    });
    const problem = forgetting.error ? refusalOf(forgetting.error).problem : undefined;
    const soap = apiKey.permissions?.includes("use_web_services");
    return (
        <>
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <div className="dr-acts">
                <Button small icon={RotateCcw} onPress={() => ask("rotate")}>
                    <Trans>Cambiar el secreto…</Trans>
                </Button>
                <Button small icon={KeyRound} onPress={() => ask("password")}>
                    {apiKey.login ? <Trans>Cambiar usuario o contraseña…</Trans> : <Trans>Dar usuario y contraseña…</Trans>}
                </Button>
                {apiKey.login && (
                    <Button small look="quiet" onPress={() => ask("forget")}>
                        <Trans>Quitar el usuario…</Trans>
                    </Button>
                )}
                {mayCalls && (
                    <Link to={CALLS} search={{ clave: apiKey.id }} className="link">
                        <Trans>Ver sus llamadas</Trans>
                    </Link>
                )}
            </div>
            {apiKey.previous_until && (
                <p className="dim">
                    <Trans>El secreto anterior vale también hasta {format.moment(apiKey.previous_until)}.</Trans>
                </p>
            )}
            {apiKey.login && (
                <p className="dim">
                    <Trans>
                        Entra a SOAP como <b>{apiKey.login}</b>.
                    </Trans>{" "}
                    {!soap && <Trans>Pero le falta el permiso «{permissionLabel("use_web_services")}».</Trans>}
                </p>
            )}
            {asked === "password" && (
                <PasswordDialog
                    apiKey={apiKey}
                    onClose={() => ask(null)}
                    onSaved={async ({ login, password }) => {
                        ask(null);
                        if (password) onSecret({ title: t`Para entrar a SOAP`, secrets: [{ label: t`Usuario`, value: login }, { label: t`Contraseña`, value: password }] });
                        else say(t`«${apiKey.name}» entra a SOAP como ${login}`);
                        await again();
                    }}
                />
            )}
            {asked === "rotate" && (
                <RotateDialog
                    name={apiKey.name}
                    rotate={(hours) => rotateKey(apiKey.id, hours)}
                    rotated={async ({ secret }) => {
                        ask(null);
                        onSecret({ title: t`Secreto nuevo de «${apiKey.name}»`, secrets: [{ label: t`Secreto`, value: secret }] });
                        await again();
                    }}
                    onClose={() => ask(null)}
                >
                    <Trans>Mientras valgan los dos, su sistema entra con cualquiera: quien pone el nuevo puede hacerlo cuando quiera dentro de ese tiempo.</Trans>
                </RotateDialog>
            )}
            {asked === "forget" && (
                <Confirm title={t`¿Quitar el usuario «${apiKey.login}»?`} act={t`Quitar el usuario`} pending={forgetting.isPending} onAct={() => forgetting.mutate()} onClose={() => ask(null)}>
                    <p>
                        <Trans>Su sistema deja de entrar por SOAP. Con el secreto sigue entrando por REST.</Trans>
                    </p>
                </Confirm>
            )}
        </>
    );
}

function Removal({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
    const { t } = useLingui();
    const [asked, ask] = useState(false);
    const removal = useFinalRemoval({ remove: () => removeKey(apiKey.id, apiKey.version), said: t`Clave «${apiKey.name}» quitada`, again, onGone: onClose, onSettled: () => ask(false) });
    const problem = removal.error ? refusalOf(removal.error).problem : undefined;
    return (
        <>
            {problem && <ErrorSummary key={removal.submittedAt} title={problem.title} detail={problem.detail} />}
            <div className="form-acts">
                <Button small look="quiet" icon={Trash2} onPress={() => ask(true)}>
                    <Trans>Quitar la clave…</Trans>
                </Button>
            </div>
            {asked && (
                <Confirm title={t`¿Quitar la clave «${apiKey.name}»?`} act={t`Quitar la clave`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => ask(false)}>
                    <p>
                        <Trans>Su sistema queda fuera enseguida, también de SOAP y de los archivos. No se puede deshacer.</Trans>
                    </p>
                </Confirm>
            )}
        </>
    );
}
