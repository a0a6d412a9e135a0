// A channel, new or changed: where to, what, in which format and order.
import { Trans, useLingui } from "@lingui/react/macro";
import { EditActs, EditForm, type Editing, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { useMay, useWho } from "~/app/session";
import { Checkbox, Combo, Drawer, Note, RadioGroup, Select, say, TextArea, TextField } from "~/ui";
import { zones } from "~/ui/zones";
import { goesNowhere } from "../intercambio/destination";
import { DestinationFields, useDestinationLabels } from "../intercambio/DestinationFields";
import { type ChannelDraft, channelBody, channelDraft, moves, proposedName, TYPE_ORDER, withDocument, withHeaders } from "./draft";
import { type Channel, changeChannel, makeChannel, oneChannel } from "./queries";
import { documentLabel, EVENTS, eventLabel } from "./words";

export function ChannelForm({ channel, onClose, onSaved }: { channel?: Channel; onClose: () => void; onSaved: (saved: Channel) => void }) {
    const { t } = useLingui();
    const editing = useEditing<ChannelDraft, Channel>({
        place: `channel:${channel?.id ?? "new"}`,
        object: channel,
        draftOf: channelDraft,
        versionOf: (one) => one.version,
        bodyOf: channelBody,
        create: makeChannel,
        change: (changes, version) => changeChannel(channel?.id ?? "", channel ? withHeaders(changes, channel) : changes, version),
        again: () => oneChannel(channel?.id ?? ""),
        saved: async (saved) => {
            await queries.invalidateQueries({ queryKey: ["channels"] });
            say(channel ? t`Canal «${saved.name}» guardado` : t`Canal «${saved.name}» creado`);
            onSaved(saved);
        },
    });
    const { draft, set, errorAt } = editing;
    const mayExchange = useMay("manage_exchange");
    const byHttp = draft.way === "http";
    const to = useDestinationLabels();
    const labels: Record<string, string> = { "folder.key": to.key, "folder.remote": to.remote, "folder.agent": to.agent, "folder.folder": to.folder, "folder.file_name": t`Nombre de los archivos`, "mail.file_name": t`Nombre de los archivos`, "mail.recipients": t`Destinatarios`, name: t`Nombre`, code: t`Código`, url: t`Dirección que recibe`, events: t`Qué eventos`, order: t`Orden`, form_field: t`Campo de formulario`, "acknowledgement.text": t`Texto con el que confirma`, document: t`Formato`, headers: t`Cabeceras` };
    return (
        <Drawer subject={channel?.id ?? "new"} title={channel?.name ?? t`Nuevo canal`} top={channel && <span className="id">{channel.code}</span>} onClose={onClose} foot={<EditActs form="channel-form" editing={editing} label={channel ? undefined : t`Crear el canal`} onDiscard={onClose} />}>
            <EditForm id="channel-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!channel} />
                {!channel && (
                    <RadioGroup
                        label={t`Adónde va`}
                        name="kind"
                        options={[
                            { id: "http", label: t`A una dirección (URL)`, detail: t`Cada evento por POST, en el momento.` },
                            ...(mayExchange ? [{ id: "folder", label: t`A una carpeta`, detail: t`Cada evento es un archivo: en nuestro servidor, en el del cliente o por un agente.` }] : []),
                            { id: "mail", label: t`Por correo`, detail: t`Cada evento es un correo con el documento adjunto.` },
                        ]}
                        value={draft.way}
                        onChange={(way) => set({ way: way as ChannelDraft["way"] })}
                    />
                )}
                {draft.way === "folder" && <Folder editing={editing} label={labels["folder.file_name"]!} />}
                {draft.way === "mail" && <Mail editing={editing} labels={labels} />}
                {byHttp && <Address editing={editing} label={labels.url!} channel={channel} />}
                <RadioGroup
                    label={labels.document!}
                    name="document"
                    options={[
                        { id: "campo", label: "Campo", detail: t`JSON, como en la referencia.` },
                        { id: "office_track", label: "OfficeTrack", detail: t`XML, para sistemas que ya reciben de OfficeTrack. Se hace de «captura completa».` },
                    ]}
                    value={draft.document}
                    onChange={(document) => set(withDocument(draft, document as ChannelDraft["document"]))}
                    error={errorAt("document")}
                />
                {draft.document === "office_track" && <OfficeTrack editing={editing} />}
                <Events editing={editing} label={labels.events!} />
                <details className="more-fields" open={(draft.document === "office_track" && byHttp) || undefined}>
                    <summary>
                        <Trans>Cómo se entrega</Trans>
                    </summary>
                    <div className="form">
                        <Select
                            label={labels.order!}
                            name="order"
                            options={[
                                { id: "per_task", label: t`Por tarea`, detail: t`Lo que falla detiene solo lo de su tarea o empleado.` },
                                { id: "strict", label: t`Estricto`, detail: t`Lo que falla detiene todo lo que sigue.` },
                                { id: "none", label: t`Sin orden`, detail: t`Nada detiene a nada.` },
                            ]}
                            value={draft.order}
                            onChange={(order) => set({ order: order as ChannelDraft["order"] })}
                            error={errorAt("order")}
                        />
                        {byHttp && (
                            <>
                                <TextField label={labels.form_field!} name="form_field" value={draft.formField} onChange={(formField) => set({ formField })} optional error={errorAt("form_field")} help={t`Si se escribe, el documento va en ese campo de un formulario; si no, es el cuerpo.`} spellCheck="false" />
                                <TextField label={labels["acknowledgement.text"]!} name="acknowledgement.text" value={draft.acknowledged} onChange={(acknowledged) => set({ acknowledged })} optional error={errorAt("acknowledgement.text")} help={t`Vacío: vale cualquier respuesta de 200 a 299.`} spellCheck="false" />
                            </>
                        )}
                        <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!channel} help={t`Con el que otros sistemas lo nombran.`} spellCheck="false" />
                    </div>
                </details>
            </EditForm>
        </Drawer>
    );
}

function Address({ editing: { draft, set, errorAt }, label, channel }: { editing: Editing<ChannelDraft>; label: string; channel?: Channel }) {
    const { t } = useLingui();
    const leaves = channel && channel.headers.length > 0 && draft.url !== channel.url && moves(channel.url, draft.url);
    return (
        <>
            <TextField label={label} name="url" type="url" value={draft.url} onChange={(url) => set({ url })} required error={errorAt("url")} placeholder="https://erp.ejemplo.com/campo" help={t`La del sistema de la empresa: Campo le envía cada evento por POST, firmado.`} spellCheck="false" />
            {leaves && (
                <Note kind="wait">
                    <Trans>Es otro servidor: al guardar se quitan las cabeceras {channel.headers.join(", ")}, porque sus valores se dieron para el anterior. Póngalas de nuevo después.</Trans>
                </Note>
            )}
        </>
    );
}

function Folder({ editing, label }: { editing: Editing<ChannelDraft>; label: string }) {
    const { t } = useLingui();
    const { draft, set, errorAt } = editing;
    return (
        <DestinationFields to={draft.to} set={(change) => set({ to: { ...draft.to, ...change } })} errorAt={errorAt} at="folder." help={goesNowhere(draft.to) ? t`Elija al menos uno de estos.` : undefined}>
            <FileName editing={editing} label={label} name="folder.file_name" />
        </DestinationFields>
    );
}

function Mail({ editing, labels }: { editing: Editing<ChannelDraft>; labels: Record<string, string> }) {
    const { t } = useLingui();
    const { draft, set, errorAt } = editing;
    const problem = errorAt("mail.recipients") ?? draft.recipients.split(/[\s,;]+/).map((_, index) => errorAt(`mail.recipients.${index}`)).find(Boolean);
    return (
        <>
            <TextArea label={labels["mail.recipients"]!} name="mail.recipients" value={draft.recipients} onChange={(recipients) => set({ recipients })} required error={problem} placeholder="avisos@ejemplo.com" help={t`Hasta 20. A cada uno se le envía un enlace, y nada más hasta que lo confirme. Cada uno ve a los otros.`} spellCheck="false" />
            <FileName editing={editing} label={labels["mail.file_name"]!} name="mail.file_name" />
        </>
    );
}

function FileName({ editing: { draft, set, errorAt }, label, name }: { editing: Editing<ChannelDraft>; label: string; name: string }) {
    const { t } = useLingui();
    const help = draft.document === "office_track" ? t`${"{EntryGuid}"} es el identificador de cada captura; ${"{n}"}, el número del evento; ${"{fecha:yyyyMMdd}"}, su día.` : t`${"{EntryGuid}"} es el identificador del evento; ${"{n}"}, su número; ${"{fecha:yyyyMMdd}"}, su día.`;
    return <TextField label={label} name={name} value={draft.fileName} onChange={(fileName) => set({ fileName })} error={errorAt(name)} placeholder={proposedName(draft)} help={help} spellCheck="false" />;
}

function Events({ editing: { draft, set, errorAt }, label }: { editing: Editing<ChannelDraft>; label: string }) {
    const toggle = (kind: string) => set({ events: draft.events.includes(kind) ? draft.events.filter((each) => each !== kind) : [...draft.events, kind] });
    const problem = errorAt("events");
    return (
        <fieldset>
            <legend>{label}</legend>
            <Checkbox name="events" selected={draft.all} onChange={(all) => set({ all, events: all ? [] : [...EVENTS] })}>
                <Trans>Todos, también los que vengan con versiones nuevas</Trans>
            </Checkbox>
            {!draft.all &&
                EVENTS.map((kind) => (
                    <Checkbox key={kind} selected={draft.events.includes(kind)} onChange={() => toggle(kind)} help={<code>{kind}</code>}>
                        {eventLabel(kind)}
                    </Checkbox>
                ))}
            {problem && <Note kind="refused">{problem}</Note>}
        </fieldset>
    );
}

function OfficeTrack({ editing: { draft, set, errorAt } }: { editing: Editing<ChannelDraft> }) {
    const { t } = useLingui();
    const { account } = useWho();
    const kinds = [...TYPE_ORDER, ...Object.keys(draft.types).filter((kind) => !TYPE_ORDER.includes(kind))];
    return (
        <>
            <Combo label={t`Zona de las fechas`} name="document.zone" options={zones()} value={draft.zone || account.zone} onChange={(zone) => set({ zone: zone ?? "" })} error={errorAt("document.zone")} />
            <Select
                label={t`Fotos`}
                name="document.files"
                options={[
                    { id: "data", label: t`Dentro del documento`, detail: t`En base64, hasta 20 MB.` },
                    { id: "links", label: t`Como dirección`, detail: t`Quien la abre necesita una clave.` },
                    { id: "none", label: t`No se envían` },
                ]}
                value={draft.files}
                onChange={(files) => set({ files: files as ChannelDraft["files"] })}
                error={errorAt("document.files")}
            />
            <fieldset>
                <legend>
                    <Trans>Número de cada captura (EntryType)</Trans>
                </legend>
                <p className="help">
                    <Trans>Lo que no tiene número no se envía.</Trans>
                </p>
                <div className="numbers">
                    {kinds.map((kind) => (
                        <TextField key={kind} label={documentLabel(kind)} name={`document.entry_types.${kind}`} inputMode="numeric" value={draft.types[kind] ?? ""} onChange={(number) => set({ types: { ...draft.types, [kind]: number } })} error={errorAt(`document.entry_types.${kind}`)} />
                    ))}
                </div>
            </fieldset>
        </>
    );
}
