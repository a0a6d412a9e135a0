// What the account calls Data1 to Data40, in which order they stand, and which of them the worker sees.
import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown, ChevronUp, Plus, X } from "lucide-react";
import { Button, Checkbox, IconButton, Note, Select, TextField } from "~/ui";
import { DATA_FIELDS, freeField, type Label, moved } from "./draft";

const shown = (field: string) => field.replace("data", "Data ");

export function LabelsField({ labels, onChange, errorAt }: { labels: Label[]; onChange: (labels: Label[]) => void; errorAt: (field: string) => string | undefined }) {
    const { t } = useLingui();
    const put = (place: number, change: Partial<Label>) => onChange(labels.map((label, at) => (at === place ? { ...label, ...change } : label)));
    const free = freeField(labels);
    const whole = labels.length === 0 ? errorAt("data_labels") : undefined;
    return (
        <fieldset>
            <legend>
                <Trans>Sus campos, en el orden en que se ven</Trans>
            </legend>
            {whole && <Note kind="refused">{whole}</Note>}
            <ol className="data-labels" aria-label={t`Campos`}>
                {labels.map((one, place) => {
                    const name = one.label || shown(one.field);
                    return (
                        <li key={one.field}>
                            <Select label={t`Campo de ${name}`} hideLabel options={DATA_FIELDS.filter((field) => field === one.field || !labels.some((label) => label.field === field)).map((field) => ({ id: field, label: shown(field) }))} value={one.field} onChange={(field) => put(place, { field })} error={errorAt(`data_labels.${place}.field`)} />
                            <TextField label={t`Cómo se llama`} name={`data_labels.${place}.label`} value={one.label} onChange={(label) => put(place, { label })} error={errorAt(`data_labels.${place}.label`)} />
                            <div className="row row-wrap">
                                <Checkbox selected={one.visible} onChange={(visible) => put(place, { visible })}>
                                    <Trans>Lo ve el técnico</Trans>
                                </Checkbox>
                                <span className="grow" />
                                {place > 0 && <IconButton name={t`Subir ${name}`} icon={ChevronUp} small onPress={() => onChange(moved(labels, place, -1))} />}
                                {place < labels.length - 1 && <IconButton name={t`Bajar ${name}`} icon={ChevronDown} small onPress={() => onChange(moved(labels, place, 1))} />}
                                <IconButton name={t`Quitar ${name}`} icon={X} small onPress={() => onChange(labels.filter((_, at) => at !== place))} />
                            </div>
                        </li>
                    );
                })}
            </ol>
            <div>
                <Button small icon={Plus} reason={free ? undefined : t`Los cuarenta tienen nombre.`} onPress={() => free && onChange([...labels, { field: free, label: "", visible: true }])}>
                    <Trans>Dar nombre a otro campo</Trans>
                </Button>
            </div>
        </fieldset>
    );
}
