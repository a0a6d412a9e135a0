// A customer's server, new or changed: where it is, how one logs in, and what is taken there.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { Checkbox, Drawer, Note, PasswordField, RadioGroup, say, TextArea, TextField } from "~/ui";
import { FetchesField } from "./FetchesField";
import { changeRemote, makeRemote, oneRemote, type Remote } from "./queries";
import { isElsewhere, NO_SECRETS, remoteBody, type RemoteDraft, remoteDraft, type RemoteSecrets, secretsBody } from "./remoteDraft";
import { ScheduleField } from "./ScheduleField";

export function RemoteForm({ known, onClose, onSaved }: { known?: Remote; onClose: () => void; onSaved: (saved: Remote) => void }) {
    const { t } = useLingui();
    const [secrets, setSecrets] = useState<RemoteSecrets>({ ...NO_SECRETS, proof: known?.has_private_key ? "key" : "password" });
    const editing = useEditing<RemoteDraft, Remote>({
        place: `remote:${known?.id ?? "new"}`,
        object: known,
        draftOf: remoteDraft,
        versionOf: (one) => one.version,
        bodyOf: remoteBody,
        create: (body, once) => makeRemote({ ...body, ...secretsBody(secrets) }, once),
        change: (changes, version) => changeRemote(known?.id ?? "", { ...changes, ...secretsBody(secrets, known) }, version),
        again: () => oneRemote(known?.id ?? ""),
        saved: async (saved) => {
            await queries.invalidateQueries({ queryKey: ["remotes"] });
            say(known ? t`Servidor «${saved.name}» guardado` : t`Servidor «${saved.name}» creado: pruébelo ahora`);
            onSaved(saved);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, protocol: t`Cómo se le habla`, host: t`Nombre o dirección`, port: t`Puerto`, user: t`Usuario`, password: t`Contraseña`, private_key: t`Clave SSH privada`, passphrase: t`Frase de la clave`, folder: t`Carpeta`, fetches: t`Lo que se trae`, schedule: t`Cuándo se visita`, state: t`Estado` };
    return (
        <Drawer subject={known?.id ?? "new"} title={known?.name ?? t`Nuevo servidor del cliente`} top={known && <span className="id">{known.code}</span>} onClose={onClose} foot={<EditActs form="remote-form" editing={editing} label={known ? undefined : t`Crear el servidor`} onDiscard={onClose} />}>
            <EditForm id="remote-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!known} />
                <RadioGroup
                    label={labels.protocol!}
                    name="protocol"
                    options={[
                        { id: "sftp", label: "SFTP", detail: t`Por SSH. Si se puede elegir, este.` },
                        { id: "ftps", label: t`FTP con TLS` },
                        { id: "ftp", label: t`FTP sin cifrar`, detail: t`La contraseña y los archivos los puede leer quien esté en medio.` },
                    ]}
                    value={draft.protocol}
                    onChange={(protocol) => {
                        set({ protocol: protocol as RemoteDraft["protocol"] });
                        if (protocol !== "sftp") setSecrets({ ...secrets, proof: "password" });
                    }}
                    error={errorAt("protocol")}
                />
                <TextField label={labels.host!} name="host" value={draft.host} onChange={(host) => set({ host })} required error={errorAt("host")} placeholder="sftp.empresa.com" spellCheck="false" />
                <TextField label={labels.port!} name="port" inputMode="numeric" value={draft.port} onChange={(port) => set({ port })} optional error={errorAt("port")} placeholder={draft.protocol === "sftp" ? "22" : "21"} />
                <TextField label={labels.user!} name="user" value={draft.user} onChange={(user) => set({ user })} required error={errorAt("user")} autoComplete="off" spellCheck="false" />
                <Proof draft={draft} known={known} secrets={secrets} set={setSecrets} labels={labels} errorAt={errorAt} />
                <TextField label={labels.folder!} name="folder" value={draft.folder} onChange={(folder) => set({ folder })} optional error={errorAt("folder")} placeholder="/campo" help={t`En la que se hace todo. Vacío: donde empieza el usuario.`} spellCheck="false" />
                <FetchesField draft={draft} set={set} errorAt={errorAt} />
                <ScheduleField label={labels.schedule!} always value={draft.schedule} onChange={(schedule) => set({ schedule })} error={errorAt("schedule")} />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!known} spellCheck="false" />
                <Checkbox name="state" selected={draft.enabled} onChange={(enabled) => set({ enabled })} help={t`Sin marcar no se le visita; lo que hay que llevarle espera.`}>
                    <Trans>Se visita</Trans>
                </Checkbox>
            </EditForm>
        </Drawer>
    );
}

type ProofProps = { draft: RemoteDraft; known?: Remote; secrets: RemoteSecrets; set: (secrets: RemoteSecrets) => void; labels: Record<string, string>; errorAt: (field: string) => string | undefined };

/** How one logs in there. What is kept is never shown; what is typed is not kept in the browser. */
function Proof({ draft, known, secrets, set, labels, errorAt }: ProofProps) {
    const { t } = useLingui();
    const anew = isElsewhere(known, remoteBody(draft));
    const kept = known && !anew ? (secrets.proof === "key" ? known.has_private_key : known.has_password) : false;
    const help = kept ? t`Vacío: queda la que hay.` : undefined;
    return (
        <>
            {anew && (
                <Note kind="wait">
                    <Trans>Es otro servidor: la contraseña o la clave de antes no se le manda. Escríbala otra vez.</Trans>
                </Note>
            )}
            {draft.protocol === "sftp" && (
                <RadioGroup
                    label={t`Con qué entra Campo`}
                    options={[
                        { id: "password", label: t`Con una contraseña` },
                        { id: "key", label: t`Con una clave SSH` },
                    ]}
                    value={secrets.proof}
                    onChange={(proof) => set({ ...secrets, proof: proof as RemoteSecrets["proof"] })}
                />
            )}
            {secrets.proof === "password" ? (
                <PasswordField label={labels.password!} name="password" value={secrets.password} onChange={(password) => set({ ...secrets, password })} required={!kept} optional={kept} autoComplete="new-password" error={errorAt("password")} help={help} />
            ) : (
                <>
                    <TextArea label={labels.private_key!} name="private_key" value={secrets.privateKey} onChange={(privateKey) => set({ ...secrets, privateKey })} required={!kept} optional={kept} rows={4} placeholder="-----BEGIN OPENSSH PRIVATE KEY-----" error={errorAt("private_key") ?? errorAt("password")} help={help} spellCheck="false" />
                    <PasswordField label={labels.passphrase!} name="passphrase" value={secrets.passphrase} onChange={(passphrase) => set({ ...secrets, passphrase })} optional autoComplete="new-password" error={errorAt("passphrase")} help={t`Si la clave está protegida con una.`} />
                </>
            )}
        </>
    );
}
