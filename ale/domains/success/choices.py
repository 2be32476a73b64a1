"""The choices of customer success records."""

from ale.foundation.choice import Choice


class EngagementState(Choice):
    NEW = "new", "New", "Nouveau"
    DEFINE = "define", "Define", "Définition"
    IN_PROGRESS = "in_progress", "In progress", "En cours"
    CANCELED = "canceled", "Canceled", "Annulé"
    CLOSED = "closed", "Closed", "Fermé"


class State(Choice):
    NEW = "new", "New", "Nouveau"
    IN_PROGRESS = "in_progress", "In progress", "En cours"
    PAUSED = "paused", "Paused", "En pause"
    CANCELED = "canceled", "Canceled", "Annulé"
    CLOSED = "closed", "Closed", "Fermé"


class Progress(Choice):
    NOT_STARTED = "not_started", "Not Started", "Non démarré"
    ON_TRACK = "on_track", "On-Track", "En bonne voie"
    AT_RISK = "at_risk", "At Risk", "À risque"
    PAUSED = "paused", "Paused", "En pause"
    COMPLETED = "completed", "Completed", "Terminé"
    CANCELED = "canceled", "Canceled", "Annulé"


class EngagementStage(Choice):
    INITIAL_ONBOARDING = "initial_onboarding", "Initial on-boarding", "Intégration initiale"
    ADOPTION = "adoption", "Adoption", "Adoption"
    EXPAND = "expand", "Expand", "Développement"
    RENEW = "renew", "Renew", "Renouvellement"
    LOST = "lost", "Lost", "Perdu"


class PerceivedHealth(Choice):
    UNKNOWN = "unknown", "Unknown", "Inconnue"
    GREEN = "green", "Green", "Vert"
    YELLOW = "yellow", "Yellow", "Jaune"
    RED = "red", "Red", "Rouge"


class Driver(Choice):
    COST_REDUCTION = "cost_reduction", "Cost reduction", "Réduction des coûts"
    GROWTH = "growth", "Growth", "Croissance"
    CUSTOMER_EXPERIENCE = "customer_experience", "Customer experience", "Expérience client"
    RISK_COMPLIANCE = "risk_compliance", "Risk and compliance", "Risque et conformité"
    PRODUCTIVITY = "productivity", "Productivity", "Productivité"


class TrackingMethod(Choice):
    INDICATOR_KPI = "indicator_kpi", "Indicator KPI", "Indicateur (KPI)"
    SURVEY = "survey", "Survey", "Enquête"
    REPORT = "report", "Report", "Rapport"
    MANUAL = "manual", "Manual", "Manuel"


class InitiativeCategory(Choice):
    GENERAL = "general", "General", "Général"
    STRATEGIC_PLANNING = "strategic_planning", "Strategic planning", "Planification stratégique"
    ARCHITECTURE_DESIGN = "architecture_design", "Architecture and design", "Architecture et conception"
    ADOPTION = "adoption", "Adoption", "Adoption"
    TECHNICAL_GUIDANCE = "technical_guidance", "Technical guidance", "Conseil technique"


class CaseCategory(Choice):
    GUIDANCE = "guidance", "Guidance", "Conseil"
    ARCHITECTURE_REVIEW = "architecture_review", "Architecture review", "Revue d’architecture"
    DEMOS_POCS = "demos_pocs", "Demos and POCs", "Démonstrations et preuves de concept"
    TRAINING = "training", "Training", "Formation"


class TaskCategory(Choice):
    WORKSHOPS_MEETINGS = "workshops_meetings", "Workshops and meetings", "Ateliers et réunions"
    DESIGN_REVIEWS = "design_reviews", "Design reviews", "Revues de conception"
    PRODUCT_TRAINING = "product_training", "Product training", "Formation produit"
    PROFESSIONAL_SERVICES = "professional_services", "Professional services", "Services professionnels"


class Channel(Choice):
    WEB = "web", "Web", "Web"
    PHONE = "phone", "Phone", "Téléphone"
    EMAIL = "email", "Email", "E-mail"
    CHAT = "chat", "Chat", "Messagerie instantanée"
    SOCIAL = "social", "Social", "Réseaux sociaux"
    COMMUNITY = "community", "Community", "Communauté"
    ALERT = "alert", "Alert", "Alerte"
    VIRTUAL_AGENT = "virtual_agent", "Virtual Agent", "Agent virtuel"


class TouchpointCategory(Choice):
    GENERAL_CONVERSATION = "general_conversation", "General conversation", "Conversation générale"
    VALUE_ADOPTION = "value_adoption", "Value and adoption", "Valeur et adoption"
    EXPANSION_OPPORTUNITIES = "expansion_opportunities", "Expansion opportunities", "Opportunités d’expansion"
    RENEWAL_SUPPORT = "renewal_support", "Renewal support", "Accompagnement du renouvellement"


class MeetingType(Choice):
    AD_HOC = "ad_hoc", "Ad-hoc", "Ponctuelle"
    WEEKLY_STATUS = "weekly_status", "Weekly status", "Point hebdomadaire"
    QBR = "qbr", "QBR", "Revue trimestrielle (QBR)"
    RENEWAL = "renewal", "Renewal", "Renouvellement"


class MeetingState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    SCHEDULED = "scheduled", "Scheduled", "Planifiée"
    COMPLETE = "complete", "Complete", "Terminée"
    CANCELED = "canceled", "Canceled", "Annulée"


class ServicedCase(Choice):
    SUCCESS_CASE = "success_case", "Success case", "Dossier de réussite"
    ONBOARDING_CASE = "onboarding_case", "Account onboarding case", "Dossier d’intégration"


class Direction(Choice):
    UP = "up", "Higher", "Plus haut"
    DOWN = "down", "Lower", "Plus bas"
