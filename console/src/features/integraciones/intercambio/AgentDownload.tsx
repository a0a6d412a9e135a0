// The program of an agent with its configuration and a new code, in one file.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { save } from "~/app/save";
import { Button, Dialog, Note, RadioGroup } from "~/ui";
import { type Agent, agentProgram } from "./queries";

type System = "windows" | "linux";

export function AgentDownload({ agent, onClose }: { agent: Agent; onClose: () => void }) {
    const { t } = useLingui();
    const [system, setSystem] = useState<System>("windows");
    const making = useMutation({
        mutationFn: async () => save(await agentProgram(agent.id, system), `campo-agent-${agent.code}.zip`),
        onSuccess: async () => {
            onClose();
            await queries.invalidateQueries({ queryKey: ["agents"] });
        },
    });
    return (
        <Dialog
            title={t`Descargar el programa de «${agent.name}»`}
            open
            onClose={onClose}
            foot={
                <Button look="primary" icon={Download} pending={making.isPending} onPress={() => making.mutate()}>
                    <Trans>Descargar</Trans>
                </Button>
            }
        >
            <p>
                <Trans>Un zip con el programa, su configuración con un código nuevo que sirve un día, y un LÉEME que dice qué hacer.</Trans>
            </p>
            {agent.enrolled && (
                <Note kind="wait">
                    <Trans>El programa que anda ahora queda fuera enseguida, hasta que se instale este.</Trans>
                </Note>
            )}
            <RadioGroup
                label={t`La máquina de la empresa tiene`}
                options={[
                    { id: "windows", label: "Windows" },
                    { id: "linux", label: "Linux" },
                ]}
                value={system}
                onChange={(next) => setSystem(next as System)}
            />
            {making.isError && (
                <Note kind="refused" alert>
                    {refusalOf(making.error).problem.detail}
                </Note>
            )}
        </Dialog>
    );
}
