// Agents: programs at the customer's site that carry files between a folder there and Campo, and when each was heard of.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { HardDriveDownload, Plus } from "lucide-react";
import { useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Button, type Column, EmptyState, Status, Table } from "~/ui";
import { AgentDrawer } from "./AgentDrawer";
import { AgentForm } from "./AgentForm";
import { AgentSetup } from "./AgentSetup";
import { ExchangePage } from "./ExchangePage";
import { type Agent, agentsQuery, type EnrolmentCode } from "./queries";
import { AGENTS, type OpenSearch } from "./routes";
import { agentFace } from "./words";

const route = getRouteApi(AGENTS);
const NEW = "nuevo";

export function Agents() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto, editar } = route.useSearch();
    const navigate = route.useNavigate();
    const agents = useSuspenseQuery(agentsQuery()).data;
    const [setup, setSetup] = useState<{ name: string; enrolment: EnrolmentCode } | null>(null);
    const go = (search: OpenSearch, replace = false) => void navigate({ search, replace });
    const close = () => {
        go({});
        focusRow(abierto);
    };
    const seen = (agent: Agent) => (agent.seen_at ? format.moment(agent.seen_at) : t`Nunca`);
    const version = (agent: Agent) => agent.report?.version ?? "—";
    const columns: Column<Agent>[] = [
        { id: "name", header: t`Agente`, width: "minmax(120px,1.4fr)", cell: (agent) => <b>{agent.name}</b>, text: (agent) => agent.name },
        {
            id: "state",
            header: t`Estado`,
            width: "minmax(126px,150px)",
            cell: (agent) => {
                const { family, icon, words } = agentFace(agent);
                return (
                    <Status family={family} icon={icon} title={agent.report?.problems?.join(" · ")}>
                        {words}
                    </Status>
                );
            },
            text: (agent) => agentFace(agent).words,
        },
        { id: "seen", header: t`Última noticia`, width: "118px", from: 440, cell: seen, text: (agent) => agent.seen_at ?? "" },
        { id: "system", header: t`Máquina`, width: "minmax(110px,1fr)", from: 560, cell: (agent) => agent.report?.system ?? "—", text: (agent) => agent.report?.system ?? "" },
        { id: "version", header: t`Versión`, width: "84px", from: 660, cell: version, text: version },
    ];
    const current = agents.find(({ id }) => id === abierto);
    useActions([
        { id: "agent-new", key: "N", label: t`Nuevo agente`, run: () => go({ abierto: NEW }) },
        ...(current ? [{ id: "agent-edit", key: "E", label: t`Editar el agente abierto`, run: () => go({ abierto, editar: true }) }] : []),
    ]);
    const drawer =
        abierto === NEW ? (
            <AgentForm
                onClose={close}
                onSaved={(saved, enrolment) => {
                    go({ abierto: saved.id }, true);
                    if (enrolment) setSetup({ name: saved.name, enrolment });
                }}
            />
        ) : current && editar ? (
            <AgentForm key={current.id} known={current} onClose={() => go({ abierto })} onSaved={() => go({ abierto })} />
        ) : current ? (
            <AgentDrawer key={current.id} agent={current} onClose={close} onEdit={() => go({ abierto, editar: true })} onCode={(enrolment) => setSetup({ name: current.name, enrolment })} />
        ) : undefined;
    return (
        <ExchangePage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                    <Trans>Nuevo agente</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Agentes`}
                    columns={columns}
                    rows={agents}
                    rowKey={(agent) => agent.id}
                    rowLabel={(agent) => agent.name}
                    current={abierto}
                    onOpen={(agent) => go({ abierto: agent.id })}
                    empty={
                        <EmptyState icon={HardDriveDownload} title={t`Ningún agente lleva archivos todavía`} acts={<Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nuevo agente`}</Button>}>
                            <Trans>Un agente es un programa en una máquina de la empresa: toma archivos de una carpeta de allí y pone en otra lo que Campo exporta, sin FTP y sin abrir ningún puerto.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {setup && <AgentSetup {...setup} onClose={() => setSetup(null)} />}
        </ExchangePage>
    );
}
