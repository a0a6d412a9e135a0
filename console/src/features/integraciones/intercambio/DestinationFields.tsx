// Where files go: to a folder from which a system takes them, to a customer's server, to an agent, or to several of these.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMay } from "~/app/session";
import { Note, type Option, Select, TextField } from "~/ui";
import { goesNowhere, type To } from "./destination";
import { agentsQuery, keysQuery, remotesQuery } from "./queries";

const NONE = "none";

type Props = { to: To; set: (change: Partial<To>) => void; errorAt: (field: string) => string | undefined; at?: string; help?: string; children?: ReactNode };

/** `at` stands before the names of the fields; `help` above them, and `children` below them where files go somewhere. */
export function DestinationFields({ to, set, errorAt, at = "", help, children }: Props) {
    const { t } = useLingui();
    const mayKeys = useMay("manage_keys");
    const labels = useDestinationLabels();
    const keys = (useQuery({ ...keysQuery(), enabled: mayKeys }).data ?? []).filter((key) => key.permissions?.includes("use_file_exchange") || key.id === to.key);
    const remotes = useQuery(remotesQuery());
    const agents = useQuery(agentsQuery());
    /** None, those that there are, and the one that is chosen also where it may not be seen. */
    const options = (none: string, known: { id: string; name: string; code: string }[], own: string): Option[] => [{ id: NONE, label: none }, ...known.map(({ id, name, code }) => ({ id, label: name, detail: code })), ...(own && !known.some(({ id }) => id === own) ? [{ id: own, label: own }] : [])];
    const put = (field: "key" | "remote" | "agent") => (id: string) => set({ [field]: id === NONE ? "" : id });
    const goes = !goesNowhere(to);
    const hasAgents = (agents.data ?? []).length > 0 || to.agent !== "";
    const hasRemotes = (remotes.data ?? []).length > 0 || to.remote !== "";
    const none = !goes && !mayKeys && !hasAgents && !hasRemotes && !remotes.isPending && !agents.isPending;
    return (
        <fieldset className="fields">
            <legend>
                <Trans>Adónde va</Trans>
            </legend>
            {help && <p className="dim">{help}</p>}
            {(mayKeys || to.key) && <Select label={labels.key} name={`${at}key`} options={options(t`Ninguna`, keys, to.key)} value={to.key || NONE} onChange={put("key")} error={errorAt(`${at}key`)} help={t`La clave cuyo sistema la recoge de «out».`} />}
            {hasRemotes && <Select label={labels.remote} name={`${at}remote`} options={options(t`A ninguno`, remotes.data ?? [], to.remote)} value={to.remote || NONE} onChange={put("remote")} error={errorAt(`${at}remote`)} help={t`Campo entra allí y lo deja.`} />}
            {hasAgents && <Select label={labels.agent} name={`${at}agent`} options={options(t`A ninguno`, agents.data ?? [], to.agent)} value={to.agent || NONE} onChange={put("agent")} error={errorAt(`${at}agent`)} help={t`Su programa lo pone en su carpeta.`} />}
            {none && (
                <Note>
                    <Trans>Todavía no hay servidores del cliente ni agentes. Se crean en Intercambio de archivos; los accesos a nuestras carpetas, con una clave.</Trans>
                </Note>
            )}
            {goes && <TextField label={labels.folder} name={`${at}folder`} value={to.folder} onChange={(folder) => set({ folder })} error={errorAt(`${at}folder`)} optional help={to.remote ? t`Dentro de «out», o de la carpeta del servidor del cliente.` : t`Dentro de «out».`} spellCheck="false" />}
            {goes && children}
        </fieldset>
    );
}

export function useDestinationLabels() {
    const { t } = useLingui();
    return { key: t`En la carpeta de`, remote: t`Al servidor del cliente`, agent: t`Al agente`, folder: t`Carpeta` };
}

/** Where files go, in words, by the names that the person may see; empty where they go nowhere. */
export function useDestinationWords(): (to: To) => string {
    const { t } = useLingui();
    const mayExchange = useMay("manage_exchange");
    const keys = useQuery({ ...keysQuery(), enabled: useMay("manage_keys") }).data;
    const remotes = useQuery({ ...remotesQuery(), enabled: mayExchange }).data;
    const agents = useQuery({ ...agentsQuery(), enabled: mayExchange }).data;
    const nameIn = (known: { id: string; name: string }[] | undefined, own: string) => known?.find(({ id }) => id === own)?.name;
    return ({ key, remote, agent, folder }) => {
        const out = ["out", folder].filter(Boolean).join("/");
        const [keyName, remoteName, agentName] = [nameIn(keys, key), nameIn(remotes, remote), nameIn(agents, agent)];
        const within = (whose: string) => (folder ? `${whose}/${folder}` : whose);
        return [key && (keyName ? t`${out} de «${keyName}»` : out), remote && within(remoteName ? t`servidor «${remoteName}»` : t`servidor del cliente`), agent && within(agentName ? t`agente «${agentName}»` : t`agente`)].filter(Boolean).join(" · ");
    };
}
