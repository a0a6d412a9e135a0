// One question: what it asks, what kind of answer it takes, and within which limits.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, Suspense } from "react";
import { Checkbox, Note, Select, TextArea, TextField } from "~/ui";
import { ChosenFrom } from "./ChosenFrom";
import { hasLimits, isChosen, type Kind, KINDS, type Question, readChoices } from "./draft";
import { kindLabels, limitLabels } from "./words";

type Props = { question: Question; onChange: (change: Partial<Question>) => void; errorAt: (field: string) => string | undefined; at: string; inTable?: boolean; fixed?: boolean; children?: ReactNode };

export function QuestionForm({ question, onChange, errorAt, at, inTable, fixed, children }: Props) {
    const { t } = useLingui();
    const kinds = kindLabels();
    const [least, most] = limitLabels(question.kind);
    const offered = KINDS.filter((kind) => !inTable || kind !== "table");
    const choices = isChosen(question.kind) ? readChoices(question.choices).length : 0;
    const choicesError = errorAt(`${at}.choices`);
    return (
        <div className="q-form form">
            <TextField label={t`Qué pregunta`} name={`${at}.label`} value={question.label} onChange={(label) => onChange({ label })} required disabled={fixed} error={errorAt(`${at}.label`)} autoFocus={question.label === ""} />
            <div className="form-pair">
                <Select label={t`Tipo de respuesta`} name={`${at}.kind`} options={offered.map((kind) => ({ id: kind, label: kinds[kind] }))} value={question.kind} onChange={(kind) => onChange({ kind: kind as Kind })} disabled={fixed} error={errorAt(`${at}.kind`)} />
                <Checkbox selected={question.required} onChange={(required) => onChange({ required })} disabled={fixed}>
                    <Trans>Obligatoria</Trans>
                </Checkbox>
            </div>
            {isChosen(question.kind) && (
                <Suspense fallback={null}>
                    <ChosenFrom name={`${at}.choices_from`} table={question.from} onChange={(from) => onChange({ from })} disabled={fixed} error={errorAt(`${at}.choices_from`)} />
                </Suspense>
            )}
            {isChosen(question.kind) && question.from === "" && (
                <TextArea label={t`Opciones, una por línea`} name={`${at}.choices`} value={question.choices} onChange={(text) => onChange({ choices: text })} rows={5} disabled={fixed} error={choicesError} help={`${plural(choices, { one: "# opción.", other: "# opciones." })} ${t`«1 = Bueno» guarda 1 y muestra Bueno; también se pueden pegar de una hoja de cálculo.`}`} />
            )}
            {hasLimits(question.kind) && (
                <div className="form-pair">
                    <TextField label={least} name={`${at}.minimum`} inputMode="decimal" value={question.minimum} onChange={(minimum) => onChange({ minimum })} optional disabled={fixed} error={errorAt(`${at}.minimum`)} />
                    <TextField label={most} name={`${at}.maximum`} inputMode="decimal" value={question.maximum} onChange={(maximum) => onChange({ maximum })} optional disabled={fixed} error={errorAt(`${at}.maximum`)} />
                </div>
            )}
            {children}
            {question.kind === "table" && question.columns.length === 0 && errorAt(`${at}.columns`) && <Note kind="refused">{errorAt(`${at}.columns`)}</Note>}
            <TextField label={t`Identificador`} name={`${at}.id`} value={question.id} onChange={(id) => onChange({ id, idFollows: false })} optional={question.idFollows} disabled={fixed} error={errorAt(`${at}.id`)} help={question.idFollows ? t`Vacío: sale del texto. Con él lo nombran los archivos y otros sistemas.` : t`Los archivos y otros sistemas lo nombran así: si lo cambia, para ellos es otra pregunta.`} spellCheck="false" />
        </div>
    );
}
