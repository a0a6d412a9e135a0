// The form as the phone shows it: to be tried, nothing of it is kept.
import { Trans, useLingui } from "@lingui/react/macro";
import { Camera, MapPin, PenLine, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { tableName } from "../tablas/words";
import { hasLimits, type Question, readChoices } from "./draft";

/** As many options of a long list as are shown. */
const SHOWN = 12;

export function Preview({ name, questions }: { name: string; questions: Question[] }) {
    const { t } = useLingui();
    return (
        <section className="phone-preview" aria-label={t`Vista previa en el teléfono`}>
            <h2>
                <Trans>Así se ve en el teléfono</Trans>
            </h2>
            <div className="phone-screen">
                <b className="phone-title" dir="auto">
                    {name || t`Sin nombre`}
                </b>
                {questions.length === 0 && (
                    <p className="dim">
                        <Trans>Las preguntas aparecen aquí.</Trans>
                    </p>
                )}
                {questions.map((one) => (
                    <Asked key={one.key} question={one} />
                ))}
            </div>
        </section>
    );
}

function Asked({ question }: { question: Question }) {
    const { t } = useLingui();
    const limits = hasLimits(question.kind) ? [question.minimum && `≥ ${question.minimum}`, question.maximum && `≤ ${question.maximum}`].filter(Boolean).join(", ") : "";
    return (
        <div className="phone-question">
            <span className="phone-label" dir="auto">
                {question.label || t`sin texto`}
                {question.required && <b aria-hidden> *</b>}
            </span>
            <Answer question={question} />
            {limits && <small>{limits}</small>}
        </div>
    );
}

function Answer({ question }: { question: Question }): ReactNode {
    const { t } = useLingui();
    const choices = readChoices(question.choices);
    switch (question.kind) {
        case "choice":
        case "choices":
            if (question.from) return <span className="phone-act">{t`Elegir de «${tableName(question.from)}»`}</span>;
            return (
                <ul className="phone-choices">
                    {choices.slice(0, SHOWN).map(({ value, text }, place) => (
                        <li key={`${value}-${place}`}>
                            <span className={`box${question.kind === "choice" ? " round" : ""}`} aria-hidden />
                            <span dir="auto">{text}</span>
                        </li>
                    ))}
                    {choices.length > SHOWN && <li className="dim">{t`y ${choices.length - SHOWN} más`}</li>}
                </ul>
            );
        case "photo":
            return (
                <span className="phone-act">
                    <Camera size={18} aria-hidden /> <Trans>Tomar foto</Trans>
                </span>
            );
        case "signature":
            return (
                <span className="phone-act phone-sign">
                    <PenLine size={18} aria-hidden /> <Trans>Firmar</Trans>
                </span>
            );
        case "location":
            return (
                <span className="phone-act">
                    <MapPin size={18} aria-hidden /> <Trans>Tomar ubicación</Trans>
                </span>
            );
        case "table":
            return (
                <>
                    <div className="phone-table">
                        {question.columns.map((column) => (
                            <Asked key={column.key} question={column} />
                        ))}
                    </div>
                    <span className="phone-act">
                        <Plus size={18} aria-hidden /> <Trans>Agregar fila</Trans>
                    </span>
                </>
            );
        default:
            return <span className={`phone-field${question.kind === "number" ? " is-number" : ""}`}>{question.kind === "date" ? t`dd/mm/aaaa` : ""}</span>;
    }
}
