// One channel: how it does, what it did not deliver, and what can be done about it.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, Clock, History, KeyRound, ListPlus, Pause, Pencil, Play, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, Note, Status, say } from "~/ui";
import { toOf } from "../intercambio/destination";
import { useDestinationWords } from "../intercambio/DestinationFields";
import { RotateDialog } from "../RotateDialog";
import { ChannelStatus } from "./Channels";
import { Deliveries } from "./Deliveries";
import { HeadersDialog } from "./HeadersDialog";
import { type Channel, askRecipient, changeChannel, removeChannel, rotateSecret } from "./queries";
import { ReplayDialog } from "./ReplayDialog";
import { TestResult } from "./TestResult";
import { behind, eventLabel, problemWords } from "./words";

type Props = { channel: Channel; onClose: () => void; onEdit: () => void; onSecret: (secret: string) => void };

export function ChannelDrawer({ channel, onClose, onEdit, onSecret }: Props) {
    const { t } = useLingui();
    const format = useFormat();
    const mayChange = useMay("view_entries");
    const mayDeliveries = useMay("view_deliveries");
    const [asked, ask] = useState<"remove" | "replay" | "rotate" | "headers" | null>(null);
    const [testing, setTesting] = useState(0);
    const again = () => queries.invalidateQueries({ queryKey: ["channels"] });
    const switching = useMutation({
        mutationFn: ({ to, version }: { to: Channel["state"]; version: number }) => changeChannel(channel.id, { state: to }, version),
        onSuccess: async (changed, { to }) => {
            const back = channel.state;
            await again();
            const undo = () => switching.mutate({ to: back, version: changed.version });
            say(to === "enabled" ? t`«${channel.name}» entrega de nuevo` : t`«${channel.name}» en pausa: nada se pierde`, undo);
        },
    });
    const removal = useFinalRemoval({ remove: () => removeChannel(channel.id, channel.version), said: t`Canal «${channel.name}» quitado`, again, onGone: onClose, onSettled: () => ask(null) });
    const failed = switching.error ?? removal.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const runs = channel.state === "enabled";
    const isFolder = channel.kind === "folder";
    const mayExchange = useMay("manage_exchange");
    const why = !mayChange ? t`Hace falta el permiso «Ver lo capturado en los teléfonos».` : isFolder && !mayExchange ? t`Hace falta el permiso «Administrar el intercambio de archivos».` : undefined;
    return (
        <Drawer
            subject={channel.id}
            title={channel.name}
            top={
                <>
                    <ChannelStatus channel={channel} pill />
                    <span className="id">{channel.code}</span>
                </>
            }
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={Pencil} keyName="E" onPress={onEdit} reason={why}>
                        <Trans>Editar</Trans>
                    </Button>
                    <Button small icon={Send} onPress={() => setTesting(testing + 1)}>
                        <Trans>Probar</Trans>
                    </Button>
                    <Button small icon={runs ? Pause : Play} pending={switching.isPending} reason={why} onPress={() => switching.mutate({ to: runs ? "paused" : "enabled", version: channel.version })}>
                        {runs ? <Trans>Pausar</Trans> : <Trans>Activar</Trans>}
                    </Button>
                </div>
            }
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <Trouble channel={channel} />
            {testing > 0 && <TestResult key={testing} channel={channel} time={testing} />}
            <Facts channel={channel} />
            {channel.kind === "mail" && <Recipients channel={channel} />}
            <div className="form-acts">
                {channel.kind === "http" && (
                    <Button small icon={ListPlus} reason={why} onPress={() => ask("headers")}>
                        <Trans>Cabeceras…</Trans>
                    </Button>
                )}
                {channel.kind === "http" && (
                    <Button small icon={KeyRound} onPress={() => ask("rotate")}>
                        <Trans>Cambiar el secreto…</Trans>
                    </Button>
                )}
                <Button small icon={History} onPress={() => ask("replay")}>
                    <Trans>Enviar de nuevo desde…</Trans>
                </Button>
                <Button small look="quiet" icon={Trash2} onPress={() => ask("remove")}>
                    <Trans>Quitar…</Trans>
                </Button>
            </div>
            {mayDeliveries && <Deliveries channel={channel} />}
            {asked === "headers" && <HeadersDialog channel={channel} onClose={() => ask(null)} />}
            {asked === "replay" && <ReplayDialog channel={channel} onClose={() => ask(null)} />}
            {asked === "rotate" && (
                <RotateDialog
                    name={channel.name}
                    rotate={(hours) => rotateSecret(channel.id, hours)}
                    rotated={async ({ secret, previous_until }) => {
                        ask(null);
                        onSecret(secret);
                        say(t`El secreto anterior firma también hasta ${format.moment(previous_until)}`);
                        await again();
                    }}
                    onClose={() => ask(null)}
                >
                    <Trans>Mientras valgan los dos, cada notificación lleva ambas firmas: el receptor puede cambiar cuando quiera dentro de ese tiempo.</Trans>
                </RotateDialog>
            )}
            {asked === "remove" && (
                <Confirm title={t`¿Quitar el canal «${channel.name}»?`} act={t`Quitar el canal`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => ask(null)}>
                    <p>
                        <Trans>Se quita también lo que no se entregó por él. No se puede deshacer; para que descanse sin perder su lugar, póngalo en pausa.</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}

/** Who gets the mails, and who has not confirmed that yet. */
function Recipients({ channel }: { channel: Channel }) {
    const { t } = useLingui();
    const format = useFormat();
    const asking = useMutation({ mutationFn: (email: string) => askRecipient(channel.id, email), onSuccess: (_, email) => say(t`Enlace enviado de nuevo a ${email}`) });
    const problem = asking.error ? refusalOf(asking.error).problem : undefined;
    return (
        <section>
            <h3>
                <Trans>Destinatarios</Trans>
            </h3>
            {problem && <ErrorSummary key={asking.submittedAt} title={problem.title} detail={problem.detail} />}
            <ul className="plain">
                {(channel.recipients ?? []).map(({ email, confirmed_at }) => (
                    <li key={email}>
                        {email}{" "}
                        {confirmed_at ? (
                            <Status family="good" icon={CircleCheck}>{t`Confirmó el ${format.moment(confirmed_at)}`}</Status>
                        ) : (
                            <>
                                <Status family="wait" icon={Clock}>{t`Sin confirmar`}</Status>{" "}
                                <Button small look="quiet" pending={asking.isPending && asking.variables === email} onPress={() => asking.mutate(email)}>
                                    <Trans>Enviar otra vez el enlace</Trans>
                                </Button>
                            </>
                        )}
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** What is wrong now, and until when it is tried by itself. */
function Trouble({ channel: { kind, progress, state, reason } }: { channel: Channel }) {
    const { t } = useLingui();
    const format = useFormat();
    if (state === "disabled" && reason === "gone")
        return (
            <Note kind="refused">
                <Trans>El receptor contestó 410, «ya no existe», y Campo dejó de llamarlo. Nada se pierde: corrija la dirección y active el canal; sigue donde quedó.</Trans>
            </Note>
        );
    if (state !== "enabled" || progress.failures === 0) return null;
    return (
        <Note kind="late">
            {problemWords(progress.problem)} {kind === "folder" ? plural(progress.failures, { one: "# intento seguido sin poder dejar el archivo.", other: "# intentos seguidos sin poder dejar el archivo." }) : plural(progress.failures, { one: "# intento seguido sin respuesta.", other: "# intentos seguidos sin respuesta." })} {progress.next_try_at && t`El próximo, a las ${format.seconds(progress.next_try_at)}.`} <Trans>Campo sigue intentando y entrega todo cuando vuelva.</Trans>
        </Note>
    );
}

function Facts({ channel }: { channel: Channel }) {
    const { t } = useLingui();
    const format = useFormat();
    const { progress, events } = channel;
    const places = useDestinationWords();
    const order = { per_task: t`Por tarea`, strict: t`Estricto`, none: t`Sin orden` };
    return (
        <KeyValues
            facts={[
                [t`Destino`, channel.folder ? places(toOf(channel.folder)) : channel.url],
                [t`Archivos`, (channel.folder ?? channel.mail) && <code key="name">{(channel.folder ?? channel.mail)?.file_name}</code>],
                [t`Formato`, channel.document?.kind === "office_track" ? "OfficeTrack (XML)" : "Campo (JSON)"],
                [t`Eventos`, events?.length ? events.map(eventLabel).join(" · ") : t`Todos`],
                [t`Orden`, order[channel.order ?? "per_task"]],
                [t`Cabeceras`, channel.headers.join(", ")],
                [t`En la fila`, plural(behind(channel) + progress.waiting, { 0: "Nada", one: "# evento", other: "# eventos" })],
                [t`Sin entregar`, progress.not_delivered > 0 && plural(progress.not_delivered, { one: "# evento", other: "# eventos" })],
                [t`Última entrega`, progress.delivered_at ? format.moment(progress.delivered_at) : t`Todavía ninguna`],
            ]}
        />
    );
}
