// Where files that are to be imported arrive, and what they are called.
import { useLingui } from "@lingui/react/macro";
import { Check, X } from "lucide-react";
import { faultAt } from "~/api/problem";
import { Status, TextField } from "~/ui";
import { fits } from "./model";

type Props = { folder: string; pattern: string; onChange: (next: { folder?: string; pattern?: string }) => void; error: unknown; sample?: string };

export function IntakeFields({ folder, pattern, onChange, error, sample }: Props) {
    const { t } = useLingui();
    const fit = sample && pattern ? fits(pattern, sample) : undefined;
    return (
        <>
            <TextField label={t`Carpeta`} name="folder" value={folder} onChange={(next) => onChange({ folder: next })} error={faultAt(error, "folder")} optional help={t`Dentro de «in», como «ordenes»; sin ella, «in» misma.`} spellCheck="false" />
            <TextField label={t`Nombre de los archivos`} name="pattern" value={pattern} onChange={(next) => onChange({ pattern: next })} error={faultAt(error, "pattern")} help={t`* es cualquier texto; ${"{n}"}, cifras; ${"{fecha:yyyyMMdd}"}, una fecha.`} spellCheck="false" />
            {fit !== undefined && (
                <Status family={fit ? "good" : "late"} icon={fit ? Check : X}>
                    <span className="fit">{fit ? t`«${sample}» encaja.` : t`«${sample}» no encaja.`}</span>
                </Status>
            )}
        </>
    );
}
