// The questions in their order: one is open at a time; moved, copied and removed by buttons.
import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown, ChevronUp, CircleX, Copy, Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton, Menu, Status } from "~/ui";
import { moved } from "../tipos/draft";
import { KINDS, newQuestion, type Question } from "./draft";
import { QuestionForm } from "./QuestionForm";
import { KIND_ICONS, kindLabels } from "./words";

type Props = { questions: Question[]; onChange: (questions: Question[]) => void; errorAt: (field: string) => string | undefined; at?: string; inTable?: boolean; fixed?: boolean };

export function Questions({ questions, onChange, errorAt, at = "fields", inTable, fixed }: Props) {
    const { t } = useLingui();
    const kinds = kindLabels();
    const [open, setOpen] = useState<string | null>(null);
    const box = useRef<HTMLOListElement>(null);
    // What was refused is opened, the first of them.
    const refused = questions.find((_, place) => errorAt(`${at}.${place}`))?.key;
    useEffect(() => {
        if (refused) setOpen(refused);
    }, [refused]);
    const put = (place: number, change: Partial<Question>) => onChange(questions.map((one, each) => (each === place ? { ...one, ...change } : one)));
    const add = (question: Question, place = questions.length) => {
        onChange([...questions.slice(0, place), question, ...questions.slice(place)]);
        setOpen(question.key);
    };
    const remove = (place: number) => {
        onChange(questions.filter((_, each) => each !== place));
        requestAnimationFrame(() => box.current?.querySelectorAll<HTMLElement>(":scope>li>.q-head>button")[Math.min(place, questions.length - 2)]?.focus());
    };
    const offered = KINDS.filter((kind) => !inTable || kind !== "table");
    return (
        <div className="questions">
            <ol ref={box} aria-label={inTable ? t`Columnas` : t`Preguntas`}>
                {questions.map((one, place) => {
                    const Icon = KIND_ICONS[one.kind];
                    const isOpen = open === one.key;
                    const name = one.label || t`sin texto`;
                    return (
                        <li key={one.key} className={isOpen ? "is-open" : undefined}>
                            <div className="q-head">
                                <button type="button" className="q-name" aria-expanded={isOpen} onClick={() => setOpen(isOpen ? null : one.key)}>
                                    <span className="dim">{place + 1}</span>
                                    <Icon size={16} aria-hidden />
                                    <span className="q-label" dir="auto">
                                        {name}
                                        {one.required && <b aria-label={t`obligatoria`}> *</b>}
                                    </span>
                                    <small>{kinds[one.kind]}</small>
                                    {errorAt(`${at}.${place}`) && (
                                        <Status family="refused" icon={CircleX}>
                                            <Trans>Por corregir</Trans>
                                        </Status>
                                    )}
                                </button>
                                {!fixed && (
                                    <>
                                        {place > 0 && <IconButton name={t`Subir ${name}`} icon={ChevronUp} small onPress={() => onChange(moved(questions, place, -1))} />}
                                        {place < questions.length - 1 && <IconButton name={t`Bajar ${name}`} icon={ChevronDown} small onPress={() => onChange(moved(questions, place, 1))} />}
                                        <IconButton name={t`Copiar ${name}`} icon={Copy} small onPress={() => add({ ...one, ...fresh(one) }, place + 1)} />
                                        <IconButton name={t`Quitar ${name}`} icon={X} small onPress={() => remove(place)} />
                                    </>
                                )}
                            </div>
                            {isOpen && (
                                <QuestionForm question={one} onChange={(change) => put(place, change)} errorAt={errorAt} at={`${at}.${place}`} inTable={inTable} fixed={fixed}>
                                    {one.kind === "table" && <Questions questions={one.columns} onChange={(columns) => put(place, { columns })} errorAt={errorAt} at={`${at}.${place}.columns`} inTable fixed={fixed} />}
                                </QuestionForm>
                            )}
                        </li>
                    );
                })}
            </ol>
            {questions.length === 0 && (
                <p className="dim">{inTable ? <Trans>Todavía no pregunta nada en cada fila.</Trans> : <Trans>Todavía no pregunta nada.</Trans>}</p>
            )}
            {!fixed && (
                <div>
                    <Menu
                        label={t`Tipo de pregunta`}
                        button={
                            <Button small icon={Plus}>
                                {inTable ? <Trans>Agregar una columna</Trans> : <Trans>Agregar una pregunta</Trans>}
                            </Button>
                        }
                        acts={offered.map((kind) => ({ id: kind, label: kinds[kind], icon: KIND_ICONS[kind], run: () => add(newQuestion(kind)) }))}
                    />
                </div>
            )}
        </div>
    );
}

/** A copy is another question: with ids of its own. */
const fresh = (one: Question): Partial<Question> => ({ key: newQuestion().key, id: "", idFollows: true, columns: one.columns.map((column) => ({ ...column, ...fresh(column) })) });
