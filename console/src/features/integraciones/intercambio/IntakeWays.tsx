// By which ways files come to an intake: whoever leaves them in its folder, the customers' servers from which they are taken,
// the agents that bring them.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "~/app/session";
import { agentsQuery, type Intake, remotesQuery } from "./queries";
import { AGENTS, LOGINS, REMOTES } from "./routes";

export function IntakeWays({ intake }: { intake: Intake }) {
    const { t } = useLingui();
    const mayKeys = useMay("manage_keys");
    const remotes = useQuery(remotesQuery()).data ?? [];
    const agents = useQuery(agentsQuery()).data ?? [];
    const folder = ["in", intake.folder].filter(Boolean).join("/");
    const fetches = remotes.flatMap((remote) => (remote.fetches ?? []).filter((one) => (one.into ?? "") === (intake.folder ?? "")).map((one) => ({ remote, from: [one.folder, one.pattern].filter(Boolean).join("/") })));
    const hosted = t`Quien entra por SFTP o FTP`;
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Por dónde llegan</Trans>
                </h3>
            </div>
            <ul className="deliveries">
                <li>
                    {mayKeys ? (
                        <Link to={LOGINS} className="link">
                            {hosted}
                        </Link>
                    ) : (
                        hosted
                    )}
                    <small>{t`y los deja en ${folder}`}</small>
                </li>
                {fetches.map(({ remote, from }, place) => (
                    <li key={place}>
                        <Link to={REMOTES} search={{ abierto: remote.id }} className="link">
                            {t`Servidor «${remote.name}»`}
                        </Link>
                        <small>{t`de donde Campo toma ${from}`}</small>
                    </li>
                ))}
                <li>
                    <Link to={AGENTS} className="link">
                        {agents.length === 1 ? t`Agente «${agents[0]?.name}»` : t`Un agente`}
                    </Link>
                    <small>{t`cuyo archivo campo-agent.toml dice to = "${folder}"`}</small>
                </li>
                {fetches.length === 0 && (
                    <li>
                        <Link to={REMOTES} className="link">
                            <Trans>Un servidor del cliente</Trans>
                        </Link>
                        <small>
                            <Trans>si se elige esta entrada en lo que se trae de él</Trans>
                        </small>
                    </li>
                )}
            </ul>
        </>
    );
}
