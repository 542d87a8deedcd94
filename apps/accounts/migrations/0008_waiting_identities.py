from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_oauth_states'),
        ('sites', '0004_usage'),
    ]

    operations = [
        migrations.AddField(
            model_name='oauthstate',
            name='identity',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='oauthstate',
            name='tries',
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text='Codes of the second factor that were sent for it.'
            ),
        ),
    ]
