// One agent: when it was heard of and what it says of itself, its folders, its last files, and the ways to end it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, KeyRound, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, Note, Status } from "~/ui";
import { ChannelsTo, useChannelsTo } from "./ChannelsTo";
import { AgentDownload } from "./AgentDownload";
import { type Agent, type EnrolmentCode, exportsQuery, newCode, removeAgent } from "./queries";
import { EXPORTS } from "./routes";
import { Transfers } from "./Transfers";
import { agentFace } from "./words";

const again = () => queries.invalidateQueries({ queryKey: ["agents"] });

export function AgentDrawer({ agent, onClose, onEdit, onCode }: { agent: Agent; onClose: () => void; onEdit: () => void; onCode: (enrolment: EnrolmentCode) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const mayFiles = useMay("view_transfers");
    const exports = (useQuery(exportsQuery()).data ?? []).filter((one) => one.agent === agent.id);
    const channels = useChannelsTo("agent", agent.id);
    const [asked, ask] = useState<"code" | "download" | "removal" | null>(null);
    const coding = useMutation({
        mutationFn: () => newCode(agent.id),
        onSuccess: async (enrolment) => {
            onCode(enrolment);
            await again();
        },
        onSettled: () => ask(null),
    });
    const removal = useFinalRemoval({ remove: () => removeAgent(agent.id, agent.version), said: t`Agente «${agent.name}» quitado: ya no entra`, again, onGone: onClose, onSettled: () => ask(null) });
    const failed = coding.error ?? removal.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const { family, icon, words } = agentFace(agent);
    const { report } = agent;
    const silent = family === "silent";
    return (
        <Drawer
            subject={agent.id}
            title={agent.name}
            top={
                <Status family={family} icon={icon} pill>
                    {words}
                </Status>
            }
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={Pencil} keyName="E" onPress={onEdit}>
                        <Trans>Editar</Trans>
                    </Button>
                    <Button small icon={KeyRound} pending={coding.isPending} onPress={() => (agent.enrolled ? ask("code") : coding.mutate())}>
                        <Trans>Código nuevo…</Trans>
                    </Button>
                    <Button small icon={Download} onPress={() => ask("download")}>
                        <Trans>Programa…</Trans>
                    </Button>
                    <Button small look="quiet" icon={Trash2} onPress={() => ask("removal")}>
                        <Trans>Quitar…</Trans>
                    </Button>
                </div>
            }
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            {!agent.enrolled && (
                <Note kind="wait">
                    <Trans>Ningún programa se ha instalado con su código. El código sirve un día; si pasó o se perdió, haga otro.</Trans>
                </Note>
            )}
            {silent && (
                <Note kind="late">
                    <Trans>El programa no da noticias. Vea si la máquina está encendida y si puede salir a internet; lo que hay que llevar espera.</Trans>
                </Note>
            )}
            {report?.problems && report.problems.length > 0 && (
                <Note kind="refused">
                    <b>
                        <Trans>El programa dice:</Trans>
                    </b>
                    <ul>
                        {report.problems.map((one) => (
                            <li key={one}>{one}</li>
                        ))}
                    </ul>
                </Note>
            )}
            <KeyValues
                facts={[
                    [t`Código`, agent.code],
                    [t`Última noticia`, agent.seen_at ? `${format.date(agent.seen_at)}, ${format.time(agent.seen_at)}` : t`Nunca`],
                    [t`Máquina`, report?.system],
                    [t`Versión`, report?.version],
                    [t`Hecho`, format.date(agent.created_at)],
                ]}
            />
            <Section title={t`Sus carpetas`}>
                {report?.folders?.length ? (
                    <ul className="deliveries">
                        {report.folders.map((folder) => (
                            <li key={folder}>
                                <code>{folder}</code>
                            </li>
                        ))}
                    </ul>
                ) : (
                    <p className="dim">
                        <Trans>Se nombran en su archivo campo-agent.toml; aquí se ven cuando dé la primera noticia.</Trans>
                    </p>
                )}
            </Section>
            <Section title={t`Lo que se le lleva`}>
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
                            <small>{["out", one.folder].filter(Boolean).join("/")}</small>
                        </li>
                    ))}
                    <ChannelsTo channels={channels} />
                </ul>
            </Section>
            {mayFiles && <Transfers way={agent.id} exports={exports} />}
            {asked === "download" && <AgentDownload agent={agent} onClose={() => ask(null)} />}
            {asked === "code" && (
                <Confirm title={t`¿Un código nuevo para «${agent.name}»?`} act={t`Hacer el código`} pending={coding.isPending} onAct={() => coding.mutate()} onClose={() => ask(null)}>
                    <p>
                        <Trans>El programa que anda ahora queda fuera enseguida, hasta que se instale con el código nuevo.</Trans>
                    </p>
                </Confirm>
            )}
            {asked === "removal" && (
                <Confirm title={t`¿Quitar el agente «${agent.name}»?`} act={t`Quitar el agente`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => ask(null)}>
                    <p>
                        <Trans>Su programa queda fuera enseguida. Lo que trajo se queda. No se puede deshacer; para que descanse, desmarque «Lleva archivos».</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
    return (
        <>
            <div className="dr-sec">
                <h3>{title}</h3>
            </div>
            {children}
        </>
    );
}
