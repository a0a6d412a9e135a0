// An agent, new or changed. Making one gives the code by which a program becomes it.
import { Trans, useLingui } from "@lingui/react/macro";
import type { Schemas } from "~/api/client";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { codeOf } from "~/app/words";
import { Checkbox, Drawer, say, TextField } from "~/ui";
import { type Agent, changeAgent, type EnrolmentCode, makeAgent, oneAgent } from "./queries";

type Draft = { code: string; name: string; enabled: boolean };
type Saved = Agent & Partial<Pick<Schemas["CreatedAgent"], "enrolment">>;

export function AgentForm({ known, onClose, onSaved }: { known?: Agent; onClose: () => void; onSaved: (saved: Agent, enrolment?: EnrolmentCode) => void }) {
    const { t } = useLingui();
    const editing = useEditing<Draft, Saved>({
        place: `agent:${known?.id ?? "new"}`,
        object: known,
        draftOf: (one) => ({ code: one?.code ?? "", name: one?.name ?? "", enabled: one?.state !== "disabled" }),
        versionOf: (one) => one.version,
        bodyOf: ({ code, name, enabled }) => ({ code: code.trim() || codeOf(name), name: name.trim(), state: enabled ? "enabled" : "disabled" }),
        create: makeAgent,
        change: (changes, version) => changeAgent(known?.id ?? "", changes, version),
        again: () => oneAgent(known?.id ?? ""),
        saved: async (saved) => {
            await queries.invalidateQueries({ queryKey: ["agents"] });
            say(known ? t`Agente «${saved.name}» guardado` : t`Agente «${saved.name}» creado`);
            onSaved(saved, saved.enrolment);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, state: t`Estado` };
    return (
        <Drawer subject={known?.id ?? "new"} title={known?.name ?? t`Nuevo agente`} top={known && <span className="id">{known.code}</span>} onClose={onClose} foot={<EditActs form="agent-form" editing={editing} label={known ? undefined : t`Crear el agente`} onDiscard={onClose} />}>
            <EditForm id="agent-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!known} placeholder={t`Servidor de la sede`} />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!known} spellCheck="false" />
                <Checkbox name="state" selected={draft.enabled} onChange={(enabled) => set({ enabled })} help={t`Sin marcar se le rechaza enseguida; lo que había por llevarle espera.`}>
                    <Trans>Lleva archivos</Trans>
                </Checkbox>
            </EditForm>
        </Drawer>
    );
}
