// Where the files of an export go: to a folder from which a system takes them, to a customer's server, to an agent, or to
// several of these; and always to this page.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "~/app/session";
import { type Option, Select, TextField } from "~/ui";
import type { ExportDraft } from "./exportDraft";
import { agentsQuery, keysQuery, remotesQuery } from "./queries";

const NONE = "none";

type Props = { draft: ExportDraft; set: (change: Partial<ExportDraft>) => void; errorAt: (field: string) => string | undefined; labels: Record<string, string> };

export function DestinationFields({ draft, set, errorAt, labels }: Props) {
    const { t } = useLingui();
    const mayKeys = useMay("manage_keys");
    const keys = (useQuery({ ...keysQuery(), enabled: mayKeys }).data ?? []).filter((key) => key.permissions?.includes("use_file_exchange") || key.id === draft.key);
    const remotes = useQuery(remotesQuery()).data ?? [];
    const agents = useQuery(agentsQuery()).data ?? [];
    const goes = draft.key || draft.remote || draft.agent;
    /** None, those that there are, and the one that is chosen also where it may not be seen. */
    const options = (none: string, known: { id: string; name: string; code: string }[], own: string): Option[] => [{ id: NONE, label: none }, ...known.map(({ id, name, code }) => ({ id, label: name, detail: code })), ...(own && !known.some(({ id }) => id === own) ? [{ id: own, label: own }] : [])];
    const put = (field: "key" | "remote" | "agent") => (id: string) => set({ [field]: id === NONE ? "" : id });
    return (
        <fieldset>
            <legend>
                <Trans>Adónde va</Trans>
            </legend>
            <p className="dim">{goes ? t`Y siempre se puede descargar de esta página.` : t`Sin elegir, se descarga de esta página.`}</p>
            {(mayKeys || draft.key) && <Select label={labels.key!} name="key" options={options(t`Ninguna`, keys, draft.key)} value={draft.key || NONE} onChange={put("key")} error={errorAt("key")} help={t`La clave cuyo sistema la recoge de «out».`} />}
            {(remotes.length > 0 || draft.remote) && <Select label={labels.remote!} name="remote" options={options(t`A ninguno`, remotes, draft.remote)} value={draft.remote || NONE} onChange={put("remote")} error={errorAt("remote")} help={t`Campo entra allí y lo deja.`} />}
            {(agents.length > 0 || draft.agent) && <Select label={labels.agent!} name="agent" options={options(t`A ninguno`, agents, draft.agent)} value={draft.agent || NONE} onChange={put("agent")} error={errorAt("agent")} help={t`Su programa lo pone en su carpeta.`} />}
            {goes && <TextField label={labels.folder!} name="folder" value={draft.folder} onChange={(folder) => set({ folder })} error={errorAt("folder")} optional help={draft.remote ? t`Dentro de «out», o de la carpeta del servidor del cliente.` : t`Dentro de «out».`} spellCheck="false" />}
        </fieldset>
    );
}
