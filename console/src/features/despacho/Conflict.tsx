// Somebody else changed the task while this form was open: both values, and who writes decides.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Note, RadioGroup } from "~/ui";
import { clashes, type Draft, merged } from "./draft";

type Props = { draft: Draft; mine: Draft; theirs: Draft; labels: Record<string, string>; onDecide: (draft: Draft) => void };

export function Conflict({ draft, mine, theirs, labels, onDecide }: Props) {
    const { t } = useLingui();
    const fields = clashes(draft, mine, theirs);
    const [keep, setKeep] = useState<Partial<Record<keyof Draft, "mine" | "theirs">>>({});
    const label = (field: keyof Draft) => labels[field] ?? (field === "address" ? t`Dirección` : field === "place" ? t`Coordenadas` : t`Datos`);
    const text = (of: Draft, field: keyof Draft) => (typeof of[field] === "string" ? of[field] : JSON.stringify(of[field])) || "—";
    const undecided = fields.filter((field) => !keep[field]);
    return (
        <Note kind="wait" alert>
            <b>
                <Trans>Otra persona cambió esta tarea mientras usted escribía.</Trans>
            </b>{" "}
            {fields.length === 0 ? <Trans>Cambió otros campos; los suyos no chocan.</Trans> : <Trans>Decida con qué valor queda cada campo.</Trans>}
            <div className="stack conflict">
                {fields.map((field) => (
                    <RadioGroup
                        key={field}
                        label={label(field)}
                        value={keep[field] ?? null}
                        onChange={(value) => setKeep({ ...keep, [field]: value as "mine" | "theirs" })}
                        options={[
                            { id: "mine", label: text(draft, field), detail: t`lo que escribió usted` },
                            { id: "theirs", label: text(theirs, field), detail: t`lo que hay ahora` },
                        ]}
                    />
                ))}
                <Button reason={undecided.length > 0 ? t`Falta decidir.` : undefined} onPress={() => onDecide(merged(draft, mine, theirs, new Set(fields.filter((field) => keep[field] === "mine"))))}>
                    <Trans>Seguir con estos valores</Trans>
                </Button>
            </div>
        </Note>
    );
}
