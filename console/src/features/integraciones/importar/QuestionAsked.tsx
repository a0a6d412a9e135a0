// What the file leaves open is asked, both readings written out and nothing chosen beforehand.
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Question } from "./queries";

export function QuestionAsked({ question, onAnswer, pending }: { question: Question; onAnswer: (value: string) => void; pending: boolean }) {
    const { t } = useLingui();
    const [chosen, setChosen] = useState<string | null>(null);
    const words: Record<string, string> = { day_month_year: t`Primero el día`, month_day_year: t`Primero el mes`, year_month_day: t`Primero el año`, comma: t`Coma antes de los decimales`, point: t`Punto antes de los decimales` };
    const cells = (list: string[] | undefined) => (list ?? []).join(", ");
    return (
        <RadioGroup
            className="question"
            value={chosen}
            isDisabled={pending}
            onChange={(value) => {
                setChosen(value);
                onAnswer(value);
            }}
        >
            <Label>{question.message}</Label>
            <div className="answers">
                {question.choices.map((choice) => (
                    <Radio key={choice.value} value={choice.value} className="check radio answer">
                        <span className="box" aria-hidden />
                        <span>
                            {choice.label}
                            <span className="help">
                                {[choice.label.toLowerCase() === words[choice.value]?.toLowerCase() ? "" : words[choice.value], choice.cells?.length ? t`lo dice ${cells(choice.cells)}` : "", choice.against?.length ? t`no cabe en ${cells(choice.against)}` : ""].filter(Boolean).join(" · ")}
                            </span>
                        </span>
                    </Radio>
                ))}
            </div>
        </RadioGroup>
    );
}
