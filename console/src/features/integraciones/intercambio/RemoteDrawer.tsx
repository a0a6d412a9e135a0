// One customer's server: whether all is well there, by what it is known, what is taken and brought, and the last files.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight, Pencil, PlugZap, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, KeyValues, Note, say, Status } from "~/ui";
import { ChannelsTo, useChannelsTo } from "./ChannelsTo";
import { exportsQuery, lookAtRemote, type Remote, removeRemote } from "./queries";
import { RemoteIdentity } from "./RemoteIdentity";
import { RemoteTrial } from "./RemoteTrial";
import { addressOf } from "./Remotes";
import { EXPORTS } from "./routes";
import { useScheduleWords } from "./ScheduleField";
import { readSchedule } from "./schedule";
import { Transfers } from "./Transfers";
import { remoteFace } from "./words";

const again = () => queries.invalidateQueries({ queryKey: ["remotes"] });

export function RemoteDrawer({ remote, onClose, onEdit }: { remote: Remote; onClose: () => void; onEdit: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const scheduleWords = useScheduleWords();
    const mayFiles = useMay("view_transfers");
    const exports = (useQuery(exportsQuery()).data ?? []).filter((one) => one.remote === remote.id);
    const channels = useChannelsTo("remote", remote.id);
    const [removing, setRemoving] = useState(false);
    const [trial, setTrial] = useState<{ write: boolean; time: number } | null>(null);
    const [write, setWrite] = useState<boolean | null>(null);
    const looking = useMutation({
        mutationFn: () => lookAtRemote(remote.id),
        onSuccess: async () => {
            say(t`Campo visita «${remote.name}» ahora`);
            await Promise.all([again(), queries.invalidateQueries({ queryKey: ["received"] }), queries.invalidateQueries({ queryKey: ["exports"] })]);
        },
    });
    const removal = useFinalRemoval({ remove: () => removeRemote(remote.id, remote.version), said: t`Servidor «${remote.name}» quitado`, again, onGone: onClose, onSettled: () => setRemoving(false) });
    const failed = looking.error ?? removal.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const { family, icon, words } = remoteFace(remote);
    const writes = write ?? exports.length > 0;
    return (
        <Drawer
            subject={remote.id}
            title={remote.name}
            top={
                <Status family={family} icon={icon} pill>
                    {words}
                </Status>
            }
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={PlugZap} onPress={() => setTrial({ write: writes, time: Date.now() })}>
                        <Trans>Probar</Trans>
                    </Button>
                    <Button small icon={ArrowLeftRight} pending={looking.isPending} reason={remote.state === "disabled" ? t`Está en pausa.` : remote.offered_fingerprint ? t`Antes decida si es el mismo servidor.` : undefined} onPress={() => looking.mutate()}>
                        <Trans>Visitarlo ahora</Trans>
                    </Button>
                    <Button small icon={Pencil} keyName="E" onPress={onEdit}>
                        <Trans>Editar</Trans>
                    </Button>
                    <Button small look="quiet" icon={Trash2} onPress={() => setRemoving(true)}>
                        <Trans>Quitar…</Trans>
                    </Button>
                </div>
            }
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <RemoteIdentity remote={remote} />
            {remote.problem && !remote.offered_fingerprint && (
                <Note kind="refused">
                    {remote.problem.text}
                    {remote.problem.said && (
                        <>
                            {" "}
                            <Trans>
                                El servidor dijo: <code>{remote.problem.said}</code>
                            </Trans>
                        </>
                    )}
                </Note>
            )}
            {trial && <RemoteTrial key={trial.time} remote={remote} {...trial} />}
            <Checkbox selected={writes} onChange={setWrite}>
                <Trans>Al probar, escribir y borrar allí un archivo pequeño</Trans>
            </Checkbox>
            <KeyValues
                facts={[
                    [t`Dirección`, <code key="address">{addressOf(remote)}</code>],
                    [t`Usuario`, remote.user],
                    [t`Entra con`, remote.has_private_key ? t`Clave SSH` : remote.has_password ? t`Contraseña` : t`Nada todavía: edítelo`],
                    [t`Carpeta`, remote.folder || t`Donde empieza el usuario`],
                    [t`Se visita`, remote.state === "disabled" ? t`En pausa` : scheduleWords(readSchedule(remote.schedule))],
                    [t`Próxima`, remote.state !== "disabled" && remote.next_at && format.moment(remote.next_at)],
                    [t`Última visita sin problemas`, remote.reached_at ? format.moment(remote.reached_at) : t`Nunca`],
                    [t`Se le conoce por`, remote.accepted_fingerprint && <code key="known">{remote.accepted_fingerprint}</code>],
                ]}
            />
            <Fetches remote={remote} />
            <div className="dr-sec">
                <h3>
                    <Trans>Lo que se le lleva</Trans>
                </h3>
            </div>
            {exports.length + channels.length === 0 && (
                <p className="dim">
                    <Trans>Nada todavía: se elige en cada exportación o notificación.</Trans>
                </p>
            )}
            <ul className="deliveries">
                {exports.map((one) => (
                    <li key={one.id}>
                        <Link to={EXPORTS} search={{ abierto: one.id }} className="link">
                            {one.name}
                        </Link>
                        <small>{[one.file_name, one.folder && t`a la carpeta ${one.folder}`].filter(Boolean).join(" · ")}</small>
                    </li>
                ))}
                <ChannelsTo channels={channels} />
            </ul>
            {remote.waiting > 0 && <p>{plural(remote.waiting, { one: "# archivo espera para ser llevado.", other: "# archivos esperan para ser llevados." })}</p>}
            {mayFiles && <Transfers way={remote.id} exports={exports} />}
            {removing && (
                <Confirm title={t`¿Quitar el servidor «${remote.name}»?`} act={t`Quitar el servidor`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <p>
                        <Trans>Lo que se trajo se queda; lo que falta por llevarle no se le lleva. No se puede deshacer; para que descanse, desmarque «Se visita».</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}

function Fetches({ remote }: { remote: Remote }) {
    const { t } = useLingui();
    const fetches = remote.fetches ?? [];
    const then = { keep: t`se quedan allí`, delete: t`se borran allí`, move: t`se mueven allí a otra carpeta` };
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Lo que se trae de allí</Trans>
                </h3>
            </div>
            {fetches.length === 0 && (
                <p className="dim">
                    <Trans>Nada.</Trans>
                </p>
            )}
            <ul className="deliveries">
                {fetches.map((one, place) => (
                    <li key={place}>
                        <code>{[one.folder, one.pattern].filter(Boolean).join("/")}</code>
                        <small>{[t`a ${["in", one.into].filter(Boolean).join("/")}`, one.then === "move" && one.move_to ? t`se mueven allí a ${one.move_to}` : then[one.then ?? "keep"]].join(" · ")}</small>
                    </li>
                ))}
            </ul>
        </>
    );
}
