"""What each profile holds and does not hold, in words for the client, by locale (domain.md PH1, texts 000 and 003)."""

from collections.abc import Mapping

from ticketbot.domain.phases import Phase

Texts = Mapping[str, tuple[str, ...]]
Objectives = Mapping[str, Mapping[Phase, tuple[str, ...]]]
Activities = Mapping[str, Mapping[Phase, tuple[tuple[str, tuple[str, ...]], ...]]]

FOCUSED14_INCLUDED: Texts = {
    "en": (
        "Additional monitoring of the support tickets that you submit",
        "Calls with your strategic consultant outside of the monthly meeting, whenever you have questions or concerns",
        "A gradual transition to the support process: we encourage you to write to support",
    ),
    "de": (
        "Zusätzliche Aufmerksamkeit für jedes Anliegen, das Sie uns schreiben",
        "Telefonate mit Ihrem strategischen Berater auch außerhalb des monatlichen Termins, wann immer es Fragen gibt",
        "Ein schrittweiser Übergang zum Support: Wir ermuntern Sie, an den Support zu schreiben",
    ),
}
FOCUSED14_EXCLUDED: Texts = {
    "en": (
        "Daily or weekly project meetings: the project manager now works with other clients",
        "Daily updates by mail on outstanding tasks: news comes weekly, every other week or monthly",
    ),
    "de": (
        "Tägliche oder wöchentliche Projekttermine: Die Projektleitung betreut inzwischen andere Kunden",
        "Tägliche Nachrichten zu offenen Aufgaben: Neues erfahren Sie wöchentlich, vierzehntägig oder monatlich",
    ),
}
COMMAND30_90_INCLUDED: Texts = {
    "en": (
        "A command centre of all disciplines, reachable around the clock",
        "Live monitoring of performance, integrations and data accuracy",
        "A daily status by mail, and notice of incidents on the channels that we agreed",
        "A support hotline and its own address for urgent matters",
        "Help and training on site or remotely",
    ),
    "de": (
        "Eine Leitstelle aus allen Fachgebieten, rund um die Uhr erreichbar",
        "Laufende Überwachung von Leistung, Schnittstellen und Datenqualität",
        "Täglicher Stand per E-Mail und Nachricht bei Störungen auf den vereinbarten Kanälen",
        "Eine Hotline und eine eigene Adresse für dringende Anliegen",
        "Hilfe und Schulung vor Ort oder aus der Ferne",
    ),
}
COMMAND30_90_EXCLUDED: Texts = {
    "en": ("New features: they come with a release, 30 to 45 days after your request",),
    "de": ("Neue Funktionen: Sie kommen mit einer Auslieferung, 30 bis 45 Tage nach Ihrem Wunsch",),
}
NONE_INCLUDED: Texts = {
    "en": (
        "Unlimited support by mail from the day of go-live",
        "A monthly meeting with your strategic consultant",
        "Training on request",
    ),
    "de": (
        "Unbegrenzter Support per E-Mail vom ersten Tag an",
        "Ein monatlicher Termin mit Ihrem strategischen Berater",
        "Schulungen auf Anfrage",
    ),
}
NONE_EXCLUDED: Texts = {
    "en": ("A hypercare period: your system is used as it comes, standard support begins at go-live",),
    "de": ("Eine Hypercare-Phase: Ihr System ist nicht angepasst, der Standard-Support beginnt mit dem Start",),
}
COMMAND30_90_OBJECTIVES: Objectives = {
    "en": {
        Phase.HYPERCARE: (
            "Stabilize the system immediately after migration.",
            "Provide continuous real-time support to address post-migration issues.",
            "Ensure minimal disruption to daily operations.",
        ),
        Phase.TRANSITION: (
            "Gradually shift support responsibilities from the hypercare team to standard support.",
            "Enhance user training and address recurring issues.",
            "Refine processes based on feedback and system performance trends.",
        ),
        Phase.STANDARD: (
            "Establish a sustainable, long-term standard support model.",
            "Continuously improve system performance and user satisfaction.",
            "Institutionalize the learnings from the hypercare period.",
        ),
    },
    "de": {
        Phase.HYPERCARE: (
            "Das System unmittelbar nach der Umstellung stabilisieren.",
            "Fragen und Störungen nach der Umstellung durchgehend und sofort begleiten.",
            "Den täglichen Betrieb so wenig wie möglich stören.",
        ),
        Phase.TRANSITION: (
            "Die Verantwortung schrittweise vom Hypercare-Team an den Standard-Support übergeben.",
            "Anwender besser schulen und wiederkehrende Fragen lösen.",
            "Abläufe nach Rückmeldungen und nach der Leistung des Systems verfeinern.",
        ),
        Phase.STANDARD: (
            "Einen dauerhaft tragfähigen Standard-Support einrichten.",
            "Leistung des Systems und Zufriedenheit der Anwender stetig verbessern.",
            "Was in der Hypercare gelernt wurde, dauerhaft nutzen.",
        ),
    },
}
COMMAND30_90_ACTIVITIES: Activities = {
    "en": {
        Phase.HYPERCARE: (
            (
                "Command center activation",
                ("A dedicated cross-functional team (operations, IT, recruitment and product experts), 24/7.",),
            ),
            (
                "Monitoring and issue resolution",
                (
                    "Real-time dashboards of system performance, integrations and data accuracy.",
                    "Daily stand-up meetings to review issues and assign resolution tasks.",
                ),
            ),
            (
                "Communication",
                (
                    "Daily status updates to stakeholders.",
                    "Designated channels (mail, Microsoft Teams, Slack) for incident notifications.",
                ),
            ),
            (
                "User support",
                (
                    "A live support hotline and a dedicated mail address for urgent queries.",
                    "On-site or remote troubleshooting and training sessions.",
                ),
            ),
        ),
        Phase.TRANSITION: (
            (
                "Issue trending and knowledge sharing",
                (
                    "Continued monitoring of the system with reduced frequency.",
                    "Weekly review sessions to analyze issue trends and initiate corrective actions.",
                ),
            ),
            (
                "Enhanced training programs",
                (
                    "Workshops to address recurring challenges.",
                    "Webinars to introduce new features and share best practices.",
                ),
            ),
            (
                "Process refinement",
                (
                    "User feedback drives optimizations of the system.",
                    "Documentation, training materials and support guides are updated accordingly.",
                ),
            ),
            (
                "Transition planning",
                (
                    "A clear roadmap for the handover to the standard support model.",
                    "Long-term service improvements or gaps to be addressed permanently are identified.",
                ),
            ),
        ),
        Phase.STANDARD: (
            (
                "Standard support model",
                (
                    "Full transition to ongoing operational support with established service levels.",
                    "System performance is monitored, and issues follow defined incident management processes.",
                ),
            ),
            (
                "Continuous improvement",
                (
                    "Regular check-ins and quarterly reviews to measure user satisfaction.",
                    "Feedback is used for ongoing system and process enhancements.",
                ),
            ),
            (
                "Documentation and knowledge base",
                (
                    "Hypercare logs and lessons learned are archived.",
                    "User guides, FAQs and troubleshooting documentation are kept up to date.",
                ),
            ),
        ),
    },
    "de": {
        Phase.HYPERCARE: (
            (
                "Leitstelle",
                ("Ein eigenes Team aus allen Bereichen (Betrieb, IT, Recruiting, Produkt), rund um die Uhr.",),
            ),
            (
                "Überwachung und Lösung",
                (
                    "Anzeigen von Leistung, Schnittstellen und Datenqualität in Echtzeit.",
                    "Tägliche kurze Besprechung, die Fragen sichtet und Aufgaben verteilt.",
                ),
            ),
            (
                "Kommunikation",
                (
                    "Täglicher Stand an alle Beteiligten.",
                    "Vereinbarte Kanäle (E-Mail, Microsoft Teams, Slack) für Störungsmeldungen.",
                ),
            ),
            (
                "Hilfe für Anwender",
                (
                    "Eine Hotline und eine eigene E-Mail-Adresse für dringende Anliegen.",
                    "Fehlersuche und Schulung vor Ort oder aus der Ferne.",
                ),
            ),
        ),
        Phase.TRANSITION: (
            (
                "Häufige Themen und Wissen",
                (
                    "Das System wird weiter überwacht, in größeren Abständen.",
                    "Wöchentliche Durchsicht der Themen, mit Maßnahmen.",
                ),
            ),
            (
                "Weitere Schulungen",
                (
                    "Workshops zu wiederkehrenden Schwierigkeiten.",
                    "Webinare zu neuen Funktionen und guter Praxis.",
                ),
            ),
            (
                "Verfeinerte Abläufe",
                (
                    "Rückmeldungen der Anwender führen zu Verbesserungen.",
                    "Dokumentation, Schulungsunterlagen und Anleitungen werden nachgeführt.",
                ),
            ),
            (
                "Planung des Übergangs",
                (
                    "Ein klarer Fahrplan für die Übergabe an den Standard-Support.",
                    "Dauerhafte Verbesserungen und Lücken werden benannt.",
                ),
            ),
        ),
        Phase.STANDARD: (
            (
                "Standard-Support",
                (
                    "Vollständiger Übergang in den laufenden Betrieb mit vereinbarten Reaktionszeiten.",
                    "Die Leistung wird überwacht, Störungen folgen festen Abläufen.",
                ),
            ),
            (
                "Stetige Verbesserung",
                (
                    "Regelmäßige Gespräche und vierteljährliche Rückblicke messen die Zufriedenheit.",
                    "Rückmeldungen fließen in System und Abläufe ein.",
                ),
            ),
            (
                "Dokumentation und Wissen",
                (
                    "Aufzeichnungen und Lehren der Hypercare werden archiviert.",
                    "Anleitungen, häufige Fragen und Hilfen zur Fehlersuche bleiben aktuell.",
                ),
            ),
        ),
    },
}
